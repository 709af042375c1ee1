/** Evidence belongs to edges: who reported a failure, about whom, and in which phase of the dial. */

/** What a dial or a session was doing when it failed. */
export type Phase = 'name' | 'tcp' | 'tls' | 'greeting' | 'auth' | 'request' | 'first-byte' | 'relay';

/** `reporter` said it about `suspect` while in `phase`. Hops are counted from 1; 0 is this machine. */
export interface Blame {
  readonly reporter: number;
  readonly suspect: number | 'target';
  readonly phase: Phase;
}
