/** A way in which everything that a folder holds is gone at once, without anybody wanting it on the other machines. */
export interface Loss {
  readonly name: string;
  /** The daemon is off while it happens, and starts after it. */
  readonly isOffline: boolean;
  inflict(root: string): Promise<void>;
  /** Puts the folder itself back, where it is another one now; what is missing in it is for the product to bring. */
  undo?(root: string): Promise<void>;
}
