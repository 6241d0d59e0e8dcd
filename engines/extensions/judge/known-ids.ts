import { looksOf } from '../../../src/base/look-alike.ts';

/** Extensions that many people have, whose names others take to be installed in their place. */
const known = [
  ...['ms-python.python', 'ms-python.vscode-pylance', 'ms-python.debugpy', 'ms-toolsai.jupyter', 'charliermarsh.ruff'],
  ...[
    'ms-vscode.cpptools',
    'ms-vscode.cmake-tools',
    'ms-vscode.powershell',
    'ms-vscode.live-server',
    'ms-dotnettools.csharp',
  ],
  ...['ms-azuretools.vscode-docker', 'ms-azuretools.vscode-containers', 'ms-kubernetes-tools.vscode-kubernetes-tools'],
  ...[
    'ms-vscode-remote.remote-ssh',
    'ms-vscode-remote.remote-containers',
    'ms-vscode-remote.remote-wsl',
    'ms-vsliveshare.vsliveshare',
  ],
  ...[
    'github.copilot',
    'github.copilot-chat',
    'github.vscode-pull-request-github',
    'github.vscode-github-actions',
    'eamodio.gitlens',
  ],
  ...[
    'dbaeumer.vscode-eslint',
    'esbenp.prettier-vscode',
    'editorconfig.editorconfig',
    'streetsidesoftware.code-spell-checker',
  ],
  ...[
    'golang.go',
    'rust-lang.rust-analyzer',
    'redhat.java',
    'redhat.vscode-yaml',
    'redhat.vscode-xml',
    'vscjava.vscode-java-pack',
  ],
  ...['ritwickdey.liveserver', 'formulahendry.code-runner', 'christian-kohler.path-intellisense', 'humao.rest-client'],
  ...[
    'vscodevim.vim',
    'vscode-icons-team.vscode-icons',
    'pkief.material-icon-theme',
    'zhuangtongfa.material-theme',
    'dracula-theme.theme-dracula',
  ],
  ...['hashicorp.terraform', 'bradlc.vscode-tailwindcss', 'vue.volar', 'svelte.svelte-vscode', 'angular.ng-template'],
  ...[
    'juanblanco.solidity',
    'nomicfoundation.hardhat-solidity',
    'shopify.ruby-lsp',
    'dart-code.dart-code',
    'dart-code.flutter',
  ],
  ...[
    'tamasfe.even-better-toml',
    'yzhang.markdown-all-in-one',
    'davidanson.vscode-markdownlint',
    'gruntfuggly.todo-tree',
  ],
  ...[
    'anthropic.claude-code',
    'openai.chatgpt',
    'continue.continue',
    'saoudrizwan.claude-dev',
    'mechatroner.rainbow-csv',
  ],
];

const byLooks = new Map(known.map((id) => [bareLooks(id), id]));

/** The well known extension that an id could be taken for, and is not. */
export function takenFor(id: string): string | undefined {
  const lower = id.toLowerCase();
  if (known.includes(lower)) {
    return undefined;
  }
  return byLooks.get(bareLooks(lower)) ?? known.find((one) => isNearly(one, lower));
}

function bareLooks(id: string): string {
  return looksOf(id).replaceAll(/[-_.]/g, '');
}

/** One letter more, less, changed or swapped with the next. */
function isNearly(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) {
    return false;
  }
  let start = 0;
  while (start < one.length && one[start] === other[start]) {
    start++;
  }
  const [left, right] = [one.slice(start), other.slice(start)];
  const isSwapped = left.slice(0, 2) === [...right.slice(0, 2)].reverse().join('') && left.slice(2) === right.slice(2);
  return left.slice(1) === right.slice(1) || left.slice(1) === right || left === right.slice(1) || isSwapped;
}
