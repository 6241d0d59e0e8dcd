import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { productFiles } from './source-files.ts';

const mostMembers = 8;

/**
 * What is one thing however much it says: data alone, which goes whole from hand to hand and is read by whoever it
 * concerns. Beside these, everything in `src/api/types`: what the API says, as JSON.
 */
const values: Readonly<Record<string, readonly string[]>> = {
  'what the log and the store keep, as they keep it': [
    ...['Alarm', 'ApiClient', 'AuditEvent', 'BatchHeader', 'Change', 'FileLook', 'HistoryRow', 'LoggedChange'],
    ...['OwnerState', 'QuarantineItem', 'RecordRow', 'ResolvedReference', 'ReviewItem', 'StoredChange', 'StoredClient'],
  ],
  'what is signed, and what a membership log comes to': [
    ...['Envelope', 'GenesisEntry', 'Lease', 'Member', 'RevokeEntry', 'RoleEntry', 'ScopeDraft', 'ScopeState'],
  ],
  'what a person wrote: a manifest, a configuration, the options of a command': [
    ...['Config', 'GrantOptions', 'Manifest', 'RelayOptions', 'ServeFlags', 'ServeRelayOptions'],
  ],
  'what is asked to be written': ['Write'],
  'what a file says, taken apart': ['YamlNode'],
  'what the rows of a table of rules are asked with': ['EngineFacts', 'SyncFacts'],
  'what a page of metrics shows': ['RelayStats'],
};

/** What some functions take whole although it does things: how many of them (ratchets), and why. */
const takenWhole: readonly (readonly [name: string, functions: number, reason: string])[] = [
  ['Replica', 1, 'withVitalWrites stands in for all of it'],
  ['Store', 4, 'createReservedStore stands in for all of it; links patch their rows through it'],
  ['ApiDeps', 2, 'createApi hands to each of the routes what that takes'],
  ['Parts', 4, 'a daemon is put together of all of them'],
  ['RelayHost', 1, 'createRelayHosts makes one of several'],
  ['HeadReader', 1, 'each message of a relay has fields of other kinds'],
  ['ChangeContext', 3, 'each step of a judgement looks at something else'],
  ['Connection', 19, 'which connection it is, is what is asked'],
  ['Subscription', 1, 'which subscription it is, is what is asked'],
  ['Reconciler', 13, 'each step of a pass over a folder goes on to the next'],
  ['Observer', 1, 'each step of a pass over a folder goes on to the next'],
  ['Disk', 1, 'createSourceState keeps it for all passes'],
  ['Output', 1, 'watched stands in for all of it'],
  ['LinksHostDeps', 6, 'each step in the life of a link asks something else of it'],
  ['FolderSource', 3, 'each step in the life of a link asks something else of it'],
  ['RecordPort', 1, 'each step in the life of a link asks something else of it'],
];

interface WideParameter {
  readonly name: string;
  readonly by: string;
}

describe('parameters', () => {
  const paths = productFiles().map((path) => join(rootFolder, path));
  const wide = wideParameters(programOf(paths), join(rootFolder, 'src/'));
  const valueNames = Object.values(values).flat();
  const isExcepted = ({ name }: WideParameter): boolean =>
    valueNames.includes(name) || takenWhole.some(([whole]) => whole === name);

  it(`no function takes more than ${mostMembers} members, but for what is named here`, () => {
    expect(wide.length).toBeGreaterThan(100);
    expect(wide.filter((parameter) => !isExcepted(parameter))).toEqual([]);
  });

  it.each(takenWhole)('%s is taken whole by no more than %i functions: %s', (name, functions) => {
    expect(wide.filter((parameter) => parameter.name === name).length).toBeLessThanOrEqual(functions);
  });

  it('a planted wide parameter is found, and one that picks of it is not', () => {
    const members = Array.from({ length: mostMembers + 1 }, (_, index) => `m${index}(): void;`).join(' ');
    const planted = [
      `interface Wide { ${members} }`,
      'function all(wide: Wide): void {}',
      "function some(wide: Pick<Wide, 'm1' | 'm2'>): void {}",
      "function most(wide?: Omit<Wide, 'none'>): void {}",
      'const list = (wides: readonly Wide[]): void => {};',
    ];
    const program = programOf(['planted.ts'], planted.join('\n'));
    expect(wideParameters(program, 'planted.ts')).toEqual([
      { name: 'Wide', by: 'planted.ts all' },
      { name: 'Wide', by: 'planted.ts most' },
    ]);
  });
});

/** Parameters that are declared as a type from below `folder`, or as most of one. */
function wideParameters(program: ts.Program, folder: string): readonly WideParameter[] {
  const checker = program.getTypeChecker();
  const found: WideParameter[] = [];
  for (const source of program.getSourceFiles()) {
    const visit = (node: ts.Node): void => {
      if (ts.isParameter(node) && node.type !== undefined && 'body' in node.parent) {
        const type = checker.getNonNullableType(checker.getTypeFromTypeNode(node.type));
        const declaration = ownDeclaration(type, folder);
        if (declaration !== undefined && type.getProperties().length > mostMembers) {
          const name = ts.getNameOfDeclaration(declaration)?.getText() ?? 'a type without a name';
          const by = ts.getNameOfDeclaration(node.parent as ts.Declaration)?.getText() ?? 'anonymous function';
          found.push({ name, by: `${source.fileName.replace(rootFolder, '')} ${by}` });
        }
      }
      ts.forEachChild(node, visit);
    };
    if (source.fileName.startsWith(folder)) {
      visit(source);
    }
  }
  return found;
}

/** Of an interface below `folder`, what is picked from one, or several of them together; not of JSON of the API. */
function ownDeclaration(type: ts.Type, folder: string): ts.Declaration | undefined {
  if (type.isIntersection()) {
    const [first, ...others] = type.types.map((part) => ownDeclaration(part, folder));
    return others.every((other) => other !== undefined) ? first : undefined;
  }
  const [picked] = type.aliasTypeArguments ?? [];
  if (picked !== undefined && ['Omit', 'Partial', 'Pick', 'Required'].includes(type.aliasSymbol?.name ?? '')) {
    return ownDeclaration(picked, folder);
  }
  const shape = type.symbol?.declarations?.[0];
  const isMade = shape !== undefined && (ts.isMappedTypeNode(shape) || ts.isObjectLiteralExpression(shape));
  const declaration = isMade ? type.aliasSymbol?.declarations?.[0] : shape;
  const path = declaration?.getSourceFile().fileName ?? '';
  return declaration !== undefined &&
    isNamedShape(declaration) &&
    path.startsWith(folder) &&
    !path.includes('/api/types/')
    ? declaration
    : undefined;
}

function isNamedShape(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node) || ts.isTypeAliasDeclaration(node);
}

function programOf(paths: readonly string[], planted?: string): ts.Program {
  const { config } = ts.readConfigFile(join(rootFolder, 'tsconfig.json'), ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, rootFolder);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...rest) =>
    path === 'planted.ts' && planted !== undefined
      ? ts.createSourceFile(path, planted, ts.ScriptTarget.Latest, true)
      : getSourceFile(path, ...rest);
  return ts.createProgram(paths, options, host);
}
