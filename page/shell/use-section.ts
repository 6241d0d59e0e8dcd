import { useEffect, useState } from 'preact/hooks';
import { type Section, sectionIn } from './sections.ts';

export function useSection(): Section {
  const [section, setSection] = useState(() => sectionIn(location.hash));
  useEffect(() => {
    const change = (): void => setSection(sectionIn(location.hash));
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return section;
}
