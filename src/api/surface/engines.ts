import type { EngineBody, EngineDetailBody, MachineRowBody, PageBody, TransitionBody } from '../types/bodies.ts';
import type { LinkBody, LinkCleanBody, LinkFetchBody, LinkShowBody } from '../types/links.ts';
import type { PlaceBody, PlaceShowBody } from '../types/places.ts';
import type { EnginePlanBody, FirstChoiceName } from '../types/plan.ts';

/** The state table of an engine, the row that holds now marked. */
export interface MachineBody {
  readonly rows: readonly MachineRowBody[];
}

/** Names a linked folder by its absolute path. */
interface Root {
  readonly root: string;
}

/** Engines, and the folders and places that feed their collections. */
export interface EngineRoutes {
  /** Lists the engines of this device and their states. */
  'GET /v1/engines': { name: 'engines'; answer: PageBody<EngineBody> };
  /** Shows one engine with its manifest and what its state means. */
  'GET /v1/engines/:id': { name: 'engine'; answer: EngineDetailBody };
  /** Shows the state table of an engine. */
  'GET /v1/engines/:id/machine': { name: 'engineMachine'; answer: MachineBody };
  /** Lists the latest changes of state of an engine. */
  'GET /v1/engines/:id/transitions': { name: 'transitions'; answer: PageBody<TransitionBody> };
  /** Tells what switching an engine on would do. */
  'GET /v1/engines/:id/plan': { name: 'planEngine'; answer: EnginePlanBody };
  /** Switches an engine on; where both sides have data and meet first, it must say how. */
  'POST /v1/engines/:id/enable': { name: 'enableEngine'; body: { first?: FirstChoiceName }; answer: EngineBody };
  /** Switches an engine off. */
  'POST /v1/engines/:id/disable': { name: 'disableEngine'; answer: EngineBody };
  /** Lists linked folders. */
  'GET /v1/links': { name: 'links'; answer: PageBody<LinkBody> };
  /** Links a folder to an engine. */
  'POST /v1/links': {
    name: 'link';
    body: {
      engineId: string;
      /** Absolute path of a folder. */
      root: string;
      /** Symbolic links in it are records, too. */
      takesLinks?: boolean;
    };
    answer: LinkBody;
  };
  /** Ends the link of a folder; its files stay. */
  'DELETE /v1/links': { name: 'unlink'; query: Root; answer: LinkBody };
  /** Shows a linked folder with the rules that decide what is synced. */
  'GET /v1/links/show': { name: 'showLink'; query: Root; answer: LinkShowBody };
  /** Says that the folder of a paused link may be the right one again. */
  'POST /v1/links/resume': { name: 'resumeLink'; body: Root; answer: LinkBody };
  /** Takes the folder of a link as new: missing files are written, nothing is removed. */
  'POST /v1/links/adopt': { name: 'adoptLink'; body: Root; answer: LinkBody };
  /** Puts a file before all others that are on their way. */
  'POST /v1/links/fetch': {
    name: 'fetchLink';
    body: {
      /** Absolute path of the file. */
      path: string;
    };
    answer: LinkFetchBody;
  };
  /** Removes copies that an earlier version put beside files; a plan unless `execute` is true. */
  'POST /v1/links/clean': { name: 'cleanLink'; body: Root & { execute?: boolean }; answer: LinkCleanBody };
  /** Lists the places of this workstation that can be followed. */
  'GET /v1/places': { name: 'places'; answer: PageBody<PlaceBody> };
  /** Shows a place with each of its units. */
  'GET /v1/places/:name': { name: 'place'; answer: PlaceShowBody };
  /** Follows a place. */
  'POST /v1/places/:name/on': { name: 'followPlace'; answer: PlaceBody };
  /** Follows a place no longer. */
  'POST /v1/places/:name/off': { name: 'leavePlace'; answer: PlaceBody };
}
