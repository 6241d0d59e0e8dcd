import { apart } from './apart.ts';
import { autosaver } from './autosaver.ts';
import { crasher } from './crasher.ts';
import { deleter } from './deleter.ts';
import { formatter } from './formatter.ts';
import { locksmith } from './locksmith.ts';
import { namer } from './namer.ts';
import { noteTaker } from './note-taker.ts';
import { photographer } from './photographer.ts';
import { programmer } from './programmer.ts';
import { rearranger } from './rearranger.ts';
import type { Scene } from './scene.ts';
import { shellUser } from './shell-user.ts';
import { tidier } from './tidier.ts';
import { together } from './together.ts';
import { undoer } from './undoer.ts';
import { unpacker } from './unpacker.ts';

export const scenes: readonly Scene[] = [
  noteTaker,
  autosaver,
  undoer,
  formatter,
  unpacker,
  tidier,
  deleter,
  together,
  apart,
  crasher,
  locksmith,
  namer,
  photographer,
  rearranger,
  shellUser,
  programmer,
];
