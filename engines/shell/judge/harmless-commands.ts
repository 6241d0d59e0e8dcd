import { isPlainGit } from './git-commands.ts';
import { plainCommands } from './plain-commands.ts';

const any = /^[^]*$/;
const none = /^(?!)/;

/** Programs that show something, or go somewhere, whatever they are given. */
const showing =
  'cal cat cd clear df dir du echo egrep exit fgrep free grep groups head id logout ls lsblk lscpu lspci lsusb ncal netstat nl nproc popd ps pushd pwd seq tail tr type uname uptime vdir wc which whereis whoami';

/** Programs that do no more than that when they are given nothing: no words, and nothing to read but what is typed. */
const bare =
  'btop code codium docker docker-compose duf emacs helm htop hx ipython kubectl micro nano ncdu nvim podman python python3 terraform tofu top vi view vim';
const isBare: ReadonlySet<string> = new Set(bare.split(' '));

/** Of these it is known by which words they only show something, or become more careful. */
const limited: Readonly<Record<string, RegExp>> = {
  bat: /^(?:-[pnA]+|--(?:plain|number)|--(?:paging|style|theme|color)=[\w, -]+|[^-].*)$/,
  chgrp: /^--preserve-root$/,
  chmod: /^--preserve-root$/,
  chown: /^--preserve-root$/,
  column: /^-[tx]$/,
  cp: /^(?:-[iv]*i[iv]*|--interactive)$/,
  cut: /^(?:-[dfc][\d,:;-]*|[\d,-]+)$/,
  date: /^(?:\+.*|-[uR]|-I\w*|--(?:utc|rfc-3339=\w+|iso-8601(?:=\w+)?))$/,
  diff: /^(?:-[uNrqsywBiabpt]+|--color(?:=\w+)?|--side-by-side|--unified)$/,
  dirs: /^-v$/,
  dmesg: /^(?:-[THwxL]+|--(?:human|follow|ctime|color)(?:=\w+)?)$/,
  docker: /^(?:ps|images|stats|info|version|-[aqs]+|--all)$/,
  eza: /^(?:--?[\w-]+(?:=[\w,:+%-]+)?|[^-].*)$/,
  fd: /^(?:-[HIuLpaigsF0]+|--(?:hidden|no-ignore|follow|absolute-path)|--(?:color|type|exclude)=[\w.*]+)$/,
  history: /^\d+$/,
  hostname: /^-[fisIAd]$/,
  ip: /^(?:--?(?:c|color|br|brief|s|4|6|h)(?:=(?:auto|always))?|a|addr|address|r|route|n|neigh|link|show)$/,
  jobs: /^-[lp]$/,
  kubectl: /^(?:get|describe|logs|version|-[Awf]|-o|wide|yaml|--all-namespaces|[a-z][a-z0-9.-]*)$/,
  less: /^-(?:[RFXiIMSNnJWeEqQgwms]+|x\d|j\.?\d)$/,
  ln: /^(?:-[iv]*i[iv]*|--interactive)$/,
  mkdir: /^-[pv]+$/,
  mount: none,
  mv: /^(?:-[iv]*i[iv]*|--interactive)$/,
  ping: /^(?:-c|-4|-6|\d{1,3}|[A-Za-z0-9][\w.:-]*)$/,
  rg: /^(?:-[inSsuwlHNvFLc.]+|--(?:hidden|smart-case|ignore-case|no-heading|line-number|follow|files)|--color=\w+|[^-].*)$/,
  rm: /^(?:-[iIv]*[iI][iIv]*|--interactive(?:=(?:once|always))?|--preserve-root|--one-file-system)$/,
  rmdir: /^-v$/,
  sort: /^-(?:[bdfghiMnRrVu]+|k\d+(?:,\d+)?)$/,
  ss: /^-[tulpanxsiemorw46h]+$/,
  tmux: /^(?:attach|attach-session|a|ls|list-sessions|-t|-2|-u)$/,
  tree: /^(?:-[ACDFIJLNPQSUXacdfghilnpqrstuvx]+|--(?:dirsfirst|du|noreport|filelimit|gitignore)|\d+|[^-].*)$/,
  uniq: /^-[cdui]+$/,
  wget: /^(?:-c|--continue)$/,
};
const sameAs: Readonly<Record<string, string>> = { batcat: 'bat', exa: 'eza', lsd: 'eza', fdfind: 'fd' };

const allowed: ReadonlyMap<string, RegExp> = new Map([
  ...[...isBare].map((name) => [name, none] as const),
  ...showing.split(' ').map((name) => [name, any] as const),
  ...Object.entries(limited),
  ...Object.entries(sameAs).map(([name, other]) => [name, limited[other] ?? none] as const),
]);

/** Kubernetes and Docker only read by these, which come first. */
const firstWord: Readonly<Record<string, RegExp>> = {
  kubectl: /^(?:get|describe|logs|version)$/,
  docker: /^(?:ps|images|stats|info|version)$/,
  tmux: /^(?:-[2u]|attach|attach-session|a|ls|list-sessions)$/,
};

/** True for a line of plain words of which it is known that it only shows something. */
export function onlyShows(line: string): boolean {
  return plainCommands(line)?.every(isHarmless) === true;
}

/** What stands behind another command may run what that says, or what lies in the folder that it went to. */
function isHarmless([program = '', ...words]: readonly string[], index: number): boolean {
  if (index > 0 && isBare.has(program)) {
    return false;
  }
  if (program === 'git') {
    return isPlainGit(words);
  }
  const fits = allowed.get(program);
  const first = Object.hasOwn(firstWord, program) ? firstWord[program] : undefined;
  return (
    fits !== undefined &&
    words.every((word) => fits.test(word)) &&
    (first === undefined || words[0] === undefined || first.test(words[0])) &&
    (!destructive.has(program) || words.some((word) => limited[program]?.test(word)))
  );
}

/** Never without what makes them careful. */
const destructive = new Set(['rm', 'cp', 'mv', 'ln', 'chmod', 'chown', 'chgrp']);
