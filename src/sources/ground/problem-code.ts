import type { RootFault } from './judge-root.ts';

/** Why a file or folder is not in step. The set is closed; words for each are below. */
export type ProblemCode =
  | RootFault
  | 'root_replaced'
  | 'losses_held'
  | 'first_exchange'
  | 'ignore_held'
  | 'ignore_unfit'
  | 'symlink'
  | 'link_elsewhere'
  | 'special_file'
  | 'too_large'
  | 'name_not_utf8'
  | 'name_unusable'
  | 'name_collision'
  | 'path_unsafe'
  | 'path_occupied'
  | 'unreadable'
  | 'not_writable'
  | 'disk_full'
  | 'too_many_open_files'
  | 'input_output'
  | 'file_unfit'
  | 'record_refused'
  | 'record_damaged'
  | 'record_no_file'
  | 'records_unavailable'
  | 'waits_for_review'
  | 'both_changed'
  | 'mode_kept'
  | 'old_copy'
  | 'watch_failed';
