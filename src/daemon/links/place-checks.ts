import type { DoctorBody } from '../../api/types/bodies.ts';
import type { PlaceBody } from '../../api/types/places.ts';
import { counted } from '../../base/counted.ts';

/** What doctor says of places that engines of third parties take apart: each is read as it would be to keep it in step. */
export function placeChecks(places: readonly PlaceBody[]): DoctorBody['checks'] {
  return places.map(({ name, engineId, on, units, failure, obstacles }) => {
    const [first] = obstacles;
    const fault = failure ?? first?.message;
    const check = { name: `place ${name} of ${engineId}` };
    const away = on ? `; or leave the place alone: sourcesync places off ${name}` : '';
    return fault === undefined
      ? { ...check, ok: true, message: `${counted(units.total, 'unit')}${on ? '' : ', not followed'}`, remedy: null }
      : {
          ...check,
          ok: false,
          message: `Nothing of it is read or written${first === undefined ? '' : ` (${first.path})`}: ${fault}`,
          remedy: `Mend what is named, or the script of ${engineId}, or remove that engine from engines.d; then: sourcesync daemon restart${away}`,
        };
  });
}
