export const sections = [
  { path: 'queue', title: 'Needs you' },
  { path: 'engines', title: 'Engines' },
  { path: 'devices', title: 'Devices' },
  { path: 'history', title: 'History' },
  { path: 'trust', title: 'Audit and trust' },
  { path: 'settings', title: 'Settings' },
] as const;

export type Section = (typeof sections)[number]['path'];

/** The section that the address names; the queue where it names none. */
export function sectionIn(hash: string): Section {
  return sections.find(({ path }) => hash === `#/${path}`)?.path ?? 'queue';
}
