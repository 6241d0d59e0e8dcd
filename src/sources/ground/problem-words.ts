import type { ProblemCode } from './problem-code.ts';

export const words: Readonly<Record<ProblemCode, readonly [happened: string, remedy: string]>> = {
  root_missing: [
    'The linked folder is not there; nothing was removed and the link is paused.',
    'Mount or restore the folder: it goes on by itself. Or unlink it.',
  ],
  root_unreadable: [
    'The linked folder cannot be read; nothing was removed and the link is paused.',
    'Give yourself the right to read it, or check the disk: it goes on by itself.',
  ],
  root_unknown: [
    'Another folder, or an empty one, lies where the linked folder was; nothing was removed and the link is paused.',
    'Mount the right one, with .sourcesync in it: it goes on by itself. Did you put the files back yourself? Look again: sourcesync link resume PATH. Is it a new one that is to be filled? sourcesync link adopt PATH',
  ],
  root_of_another: [
    'The folder is marked as that of another link, as a copy of a linked folder is; the link is paused.',
    'Put the right folder in its place, or take this one as new: sourcesync link adopt PATH',
  ],
  root_replaced: [
    'The linked folder was replaced while it was read; nothing was removed.',
    'It is looked at again in a moment; check that the right folder is mounted.',
  ],
  losses_held: [
    'Much of the folder is gone, or emptied, at once; the records of these files were kept.',
    'Accept or reject it (sourcesync reviews ls), or put the files back.',
  ],
  first_exchange: [
    'Nothing of this folder is told to the other devices yet: what they ignore is not known here.',
    'It goes on by itself with the first exchange; see the relay: sourcesync status',
  ],
  authority_missing: [
    'What is new here stays here: this device may not tell it to the others. What they have is taken as ever.',
    'A device that administers the scope gives it the authority with that command; it goes on by itself then.',
  ],
  ignore_held: [
    'Another device changed .syncignore in a way that changes much here; the file was kept as it is.',
    'Look at it and decide (sourcesync reviews ls).',
  ],
  ignore_unfit: ['The rules of what to ignore are not in force; the last good ones are.', 'Correct the file.'],
  symlink: [
    'A symbolic link: links are never followed, and synced only where a person allows it.',
    'Put a real file or folder in its place, list the path in .syncignore, or take such links: sourcesync link ENGINE FOLDER --links.',
  ],
  link_elsewhere: [
    'A symbolic link on another device; this one takes none.',
    'Take links that stay inside the folder with sourcesync link ENGINE FOLDER --links, or list the path in .syncignore.',
  ],
  special_file: ['Not a regular file (pipe, socket or device).', 'Move it away, or list it in .syncignore.'],
  too_large: [
    'The file is larger than what is synced here; it was left alone.',
    'Make it smaller, list it in .syncignore, or where large files travel allow more: sourcesync config set folders.max_file_size BYTES',
  ],
  large_moving: ['A large file is on its way; until then everything else goes on.', 'It goes on by itself.'],
  large_waits: [
    'A large file waits for a relay that keeps such files; everything else goes on.',
    'It goes on by itself once one is reached: sourcesync status. An older relay has to be upgraded.',
  ],
  large_refused: [
    'The relay does not take this large file; it was left alone.',
    'Ask who runs the relay for more room, or list it in .syncignore; it is tried again from time to time.',
  ],
  large_withheld: [
    'The relay does not hand out this large file as it was brought there; the file here is as it was.',
    'A device that has the file brings it again when it is changed there. See who runs the relay.',
  ],
  large_unfit: [
    'What its record says of this large file does not hold; the file here is as it was.',
    'Bring an earlier version back: sourcesync records history COLLECTION ID says how.',
  ],
  large_secret: [
    'A large text file holds what looks like a password or a key; it was left alone.',
    'Take that out of it, or list the file in .syncignore.',
  ],
  name_not_utf8: ['The name is not valid UTF-8, so that no other device could write it.', 'Rename it.'],
  name_unusable: ['The name cannot be a record id (control characters, a backslash, or too long).', 'Rename it.'],
  name_collision: [
    'Another file has the same name but for case or Unicode composition; only the first is synced.',
    'Rename one of the two.',
  ],
  path_unsafe: ['The record has a name that cannot be a file here; it was not written.', 'Rename the record.'],
  path_occupied: [
    'A folder or file of that name is in the way, so that the record could not be written.',
    'Move it away; the record is written on the next pass.',
  ],
  unreadable: [
    'It cannot be read with the rights of this user; nothing of it was taken for removed.',
    'Give yourself the right to read it, or list it in .syncignore.',
  ],
  not_writable: [
    'The file could not be changed with the rights of this user; the record is newer than the file.',
    'Give yourself the right to write here; it is tried again on the next pass.',
  ],
  disk_full: ['The disk is full; the file is as it was.', 'Free some space; it is tried again on the next pass.'],
  too_many_open_files: [
    'Too many files are open on this machine.',
    'Raise the limit of open files; it is tried again on the next pass.',
  ],
  input_output: [
    'The disk reported an error; nothing was removed.',
    'Check the disk; it is tried again on the next pass.',
  ],
  file_unfit: ['The file cannot become a record of this collection.', 'Correct it, or list it in .syncignore.'],
  record_refused: ['The change was refused; file and record are as they were.', 'Follow the reason given.'],
  record_no_file: [
    'What its record holds cannot be written as a file; the file was left alone.',
    'Bring an earlier version back: sourcesync records history COLLECTION ID says how.',
  ],
  record_damaged: ['The record is damaged in the store; its file was left alone.', 'Restore or rebuild the store.'],
  records_unavailable: [
    'The change could not be recorded; the file is as it was.',
    'It is tried again on the next pass; see the daemon for the cause.',
  ],
  waits_for_review: [
    'The change in this file waits for a decision before it is live.',
    'Decide it in the review list.',
  ],
  both_changed: [
    'File and record were changed in the same place; the file is live now, the other version is in history.',
    'Compare with the history of the record.',
  ],
  mode_kept: [
    'On another device this file was opened to others; here it stays private.',
    'To open it here too: chmod go+r FILE',
  ],
  old_copy: [
    'An earlier version of SourceSync put this copy beside its file; it is synced like any other file.',
    'See and remove such copies: sourcesync link clean PATH',
  ],
  watch_failed: [
    'The folder cannot be watched; changes are found by the regular pass only.',
    'Raise the limit of watched folders (on Linux fs.inotify.max_user_watches).',
  ],
  place_gone: [
    'The file is gone; what it held was kept, here and on the other devices.',
    'Put it back, and it goes on by itself. To remove what it held, remove it from the file and not the file. To leave it alone: sourcesync places off NAME',
  ],
  place_emptied: [
    'The file is empty all at once; what it held was kept, here and on the other devices.',
    'Put back what it held, and it goes on by itself. If it is to be empty, leave a blank line in it.',
  ],
  place_only_read: [
    'Another device has another version of this; here it is only read.',
    'See what to do with it: sourcesync places show NAME',
  ],
  place_unread: ['The place could not be read; nothing of it was taken for removed.', 'It is read again by itself.'],
  place_unparsed: [
    'The file could not be taken apart; nothing of it was read, written or removed.',
    'Correct it: it goes on by itself.',
  ],
  place_unsteady: ['The file changed while it was read.', 'It is read again in a moment.'],
  place_managed: [
    'Another program makes this file: it is read, and not written.',
    'Change it where that program keeps it, and apply it there: it goes on by itself. This shows what it is to be: sourcesync records get COLLECTION ID',
  ],
  place_of_another: [
    'The file belongs to another user: it is read, and not written.',
    'Make the file your own, or have its owner change it: it goes on by itself. This shows what it is to be: sourcesync records get COLLECTION ID',
  ],
  unit_unfit: [
    'This cannot be written into its file without changing something else there; the file was left alone.',
    'Write it there yourself, and it goes on by itself; this shows what it says: sourcesync records get COLLECTION ID. Or make it again what it was: sourcesync records history COLLECTION ID says how.',
  ],
};
