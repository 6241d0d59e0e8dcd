/** The folders that a browser has from the start, by what they are in each of them. */
export const roots = ['bar', 'other', 'mobile', 'menu'] as const;

export type Root = (typeof roots)[number];

export type BookmarkNode = FolderNode | AddressNode;

export interface FolderNode {
  readonly kind: 'folder';
  readonly title: string;
  /** The browser's own name for it, which stays while it is renamed and moved. */
  readonly guid?: string;
  readonly children: readonly BookmarkNode[];
}

export interface AddressNode {
  readonly kind: 'bookmark';
  readonly title: string;
  readonly guid?: string;
  readonly url: string;
  /** A word that leads to the address where it is typed. */
  readonly keyword?: string;
}

/** The bookmarks of one profile of one browser. */
export interface BookmarkTree {
  readonly roots: Readonly<Partial<Record<Root, readonly BookmarkNode[]>>>;
  /** What is no folder and no bookmark: separators, searches that the browser makes itself, and what it came with. */
  readonly leftAlone: number;
}

/** Folders within folders beyond this are left alone: nobody makes them by hand. */
export const deepest = 60;
