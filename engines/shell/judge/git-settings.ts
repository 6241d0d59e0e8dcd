import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { onlyShows } from './harmless-commands.ts';
import { withoutComments } from './plain-text.ts';

/** Settings of which no value runs anything, reaches another machine or lets anybody in. */
const harmlessKeys =
  /^(color\.[\w.-]+|core\.(abbrev|autocrlf|eol|ignorecase|quotepath|safecrlf|whitespace)|push\.(default|autosetupremote|followtags)|pull\.(rebase|ff)|fetch\.prune|init\.defaultbranch|branch\.(sort|autosetuprebase|autosetupmerge)|rebase\.(autosquash|autostash|updaterefs)|merge\.(conflictstyle|ff)|diff\.(algorithm|colormoved|colormovedws|renames|mnemonicprefix)|commit\.(verbose|cleanup)|log\.(date|decorate|abbrevcommit)|status\.(short|branch|showuntrackedfiles)|tag\.sort|column\.ui|help\.autocorrect|rerere\.(enabled|autoupdate)|advice\.[\w.-]+)$/;

export function judgeGitSetting(name: string, unit: string): Judgement {
  const key = name.replace(/\[\d+\]$/, '').toLowerCase();
  const line = withoutComments(unit);
  const value = line.slice(line.indexOf('=') + 1).trim();
  if (line.includes('\n') || line.endsWith('\\')) {
    return dangerous('it goes over several lines');
  }
  if (harmlessKeys.test(key) && /^[\w@%+:,./ #"-]*$/.test(value)) {
    return harmless;
  }
  if (key.startsWith('alias.')) {
    return /^[a-z]/.test(value) && onlyShows(`git ${value}`)
      ? harmless
      : dangerous(value.startsWith('!') ? 'it runs a shell command' : 'it may do more than show something');
  }
  if (/^user\.(name|email|signingkey)$/.test(key)) {
    return dangerous('it changes who your commits say they are of');
  }
  return dangerous('git may run something by it, or reach another machine');
}
