import { type Command, Option } from 'commander';
import type { PolicyBody, PolicyKeyBody, PolicySetBody } from '../../../api/types/policy.ts';
import type { JsonValue } from '../../../base/json.ts';
import { parseExact } from '../../../base/parse-exact.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { isTarget, mapsTable, permissionText } from '../../ground/permission-text.ts';
import { table } from '../../ground/table.ts';

const layers = ['org', 'workspace', 'repo', 'profile'];

export function policyCommands(program: Command, context: CliContext): void {
  const policy = program.command('policy').description('what is allowed here, and which layer decides it');

  policy
    .command('show')
    .description('every key that some layer speaks of, what holds, and who decides')
    .addHelpText('after', examples('policy show'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).policy()), policyTable);
    });

  policy
    .command('explain <key>')
    .description(
      'what each layer says of a key, or of tool:NAME, engine:NAME or capability:NAME, and why what holds does',
    )
    .option('--agent <name>', 'of a target: what holds for this agent, whose own record may restrict it')
    .addHelpText('after', examples('policy explain tool:shell --agent tidier', 'policy explain engine:notes'))
    .action(async (key: string, { agent }: { agent?: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      if (isTarget(key)) {
        run.show(run.unwrap(await client.permission(key, agent)), permissionText);
      } else if (agent === undefined) {
        run.show(run.unwrap(await client.policyOf(key)), keyText);
      } else {
        run.fail(exitCodes.usage, `--agent goes with tool:NAME, engine:NAME or capability:NAME, and ${key} is a key.`);
      }
    });

  policy
    .command('set <key> <kind> <value>')
    .description('write a rule into the next generation of a layer; the floor stands in the configuration')
    .addOption(new Option('--layer <layer>', 'where it is written').choices(layers).default('org'))
    .option(
      '--if-version <version>',
      "only while the layer's document is the one that show lists; none for no document",
    )
    .option('--preview', 'say what would hold with it, and write nothing')
    .addHelpText('after', examples("policy set tool:shell deny '*'"))
    .action(
      async (
        key: string,
        kind: string,
        value: string,
        options: { layer: string; ifVersion?: string; preview?: true },
        command: Command,
      ) => {
        const run = running(context, command);
        const rule = {
          key,
          kind,
          value: valueOf(run, kind, value),
          ...(options.preview === undefined ? {} : { preview: true }),
        };
        const client = await run.client();
        const written = run.unwrap(await client.setPolicy(options.layer, rule, seenVersion(options.ifVersion)));
        run.show(written, options.preview === true ? previewText : writtenText);
      },
    );

  unsetCommand(policy, context);
}

function unsetCommand(policy: Command, context: CliContext): void {
  policy
    .command('unset <key>')
    .description('take the rule of one layer away, in its next generation; without --execute it says what would hold')
    .addOption(new Option('--layer <layer>', 'where it is taken away').choices(layers).default('org'))
    .option('--if-version <version>', 'only while the document is the one that the plan was made for')
    .option('--execute', 'do what the plan says')
    .addHelpText(
      'after',
      examples(
        'policy unset tool:shell            says what would hold',
        'policy unset tool:shell --layer workspace --execute',
      ),
    )
    .action(async (key: string, options: { layer: string; ifVersion?: string; execute?: true }, command: Command) => {
      const run = running(context, command);
      const asked = { key, remove: true, preview: options.execute !== true } as const;
      const client = await run.client();
      const done = run.unwrap(await client.setPolicy(options.layer, asked, seenVersion(options.ifVersion)));
      run.show(done, done.executed ? writtenText : planText);
    });
}

function seenVersion(text: string | undefined): string | null | undefined {
  return text === 'none' ? null : text;
}

function writtenText({ layer, generation, effective }: PolicySetBody): string {
  return [`Written as generation ${generation} of ${layer}.`, effective.says].join('\n');
}

function previewText({ layer, generation, effective }: PolicySetBody): string {
  return `Generation ${generation} of ${layer} would have this rule. ${effective.says}\nNothing was written.`;
}

function planText({ layer, generation, version, effective }: PolicySetBody): string {
  return [
    `Generation ${generation} of ${layer} would have no rule for ${effective.key}. ${effective.says}`,
    'Nothing was written. Do it with:',
    `  sourcesync policy unset '${effective.key}' --layer ${layer} --if-version ${version ?? 'none'} --execute`,
  ].join('\n');
}

/** A word for a decision, a number for max and min, for sets a list in JSON or with commas between the members. */
function valueOf(run: Running, kind: string, text: string): JsonValue {
  switch (kind) {
    case 'decision':
      return text;
    case 'max':
    case 'min': {
      const number = parseExact(text);
      return number.ok && typeof number.value === 'number'
        ? number.value
        : run.fail(
            exitCodes.usage,
            `A rule of kind ${kind} takes a number. ${number.ok ? `${text} is none.` : number.error}`,
          );
    }
    case 'allowset':
    case 'denyset':
      return text.trimStart().startsWith('[') ? membersInJson(run, kind, text) : membersByComma(run, kind, text);
    case 'map':
      return mapInJson(run, text);
    default:
      return run.fail(exitCodes.usage, `${kind} is no kind of rule: decision, max, min, allowset, denyset or map.`);
  }
}

function membersInJson(run: Running, kind: string, text: string): JsonValue {
  const members = parseExact(text);
  if (!members.ok) {
    return run.fail(exitCodes.usage, `The list of the ${kind} cannot be read. ${members.error}`);
  }
  const isList = Array.isArray(members.value) && members.value.every((member) => typeof member === 'string');
  return isList ? members.value : run.fail(exitCodes.usage, `A rule of kind ${kind} takes a list of texts: ["read"]`);
}

function mapInJson(run: Running, text: string): JsonValue {
  const map = parseExact(text);
  return map.ok
    ? map.value
    : run.fail(exitCodes.usage, `A rule of kind map takes JSON such as '{"tool:Bash": "ask"}'. ${map.error}`);
}

function membersByComma(run: Running, kind: string, text: string): JsonValue {
  const members = text === '' ? [] : text.split(',').map((member) => member.trim());
  const strange = members.find((member) => member === '' || /["[\]{}]/.test(member));
  return strange === undefined
    ? members
    : run.fail(
        exitCodes.usage,
        `"${strange}" is no member of a list with commas: read,write. Write others as JSON: ${kind} '["read"]'`,
      );
}

function policyTable({ documents, keys, vocabulary }: PolicyBody): string {
  if (keys.length === 0) {
    const known = table(
      ['key', 'kind', 'says'],
      vocabulary.map(({ key, kinds, says }) => [key, kinds.join(', '), says]),
    );
    return `No layer says anything: everything is allowed that its manifest allows.\n\n${known}`;
  }
  const rows = keys.map((key) => [key.key, ruleText(key), deciding(key), key.reasonCode ?? '']);
  const held = documents.map(({ layer, id, generation, version }) => [layer, id, String(generation ?? ''), version]);
  return [
    table(['key', 'holds', 'decided by', 'reason'], rows),
    ...mapsTable(keys),
    ...(held.length === 0 ? [] : ['', table(['layer', 'record', 'generation', 'version'], held)]),
  ].join('\n');
}

function keyText(key: PolicyKeyBody): string {
  const rows = key.words.map(({ layer, key: rule, rule: said, decides }) => [
    layer,
    rule,
    said['kind'] === 'map' ? 'map' : JSON.stringify(said['value'] ?? null),
    decides ? 'decides' : '',
  ]);
  const words = rows.length === 0 ? [] : ['', table(['layer', 'rule', 'value', ''], rows)];
  return [key.says, ...words, ...mapsTable([key])].join('\n');
}

function ruleText({ rule }: PolicyKeyBody): string {
  if (rule?.['kind'] === 'map') {
    return 'map, see below';
  }
  return rule === null ? '' : `${String(rule['kind'])} ${JSON.stringify(rule['value'] ?? null)}`;
}

function deciding({ words }: PolicyKeyBody): string {
  return [...new Set(words.filter(({ decides }) => decides).map(({ layer }) => layer))].join(', ');
}
