// PROXY 1.1.1.1:80 in a remark
/* "PROXY 1.1.1.2:80"
   "PROXY 1.1.1.3:80" */
function FindProxyForURL(url, host) {
  var a = "PROXY 45.12.7.9:8080; SOCKS5 5.188.3.77:1080; DIRECT";
  if (shExpMatch(host, "*.example.com")) return 'HTTPS gate.example.com:443; SOCKS4 91.200.14.2:1080';
  if (isInNet(host, "10.0.0.0", "255.0.0.0")) return "DIRECT";
  return "PROXY " + host + ":80; SOCKS 77.88.8.1:1080; PROXY 10.0.0.1:80; PROXY 64.225.8.82";
}
