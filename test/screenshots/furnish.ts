import { until } from '../helpers/processes.ts';
import { type PageStage, alias, shellFunction, valueOf } from '../helpers/page-stage.ts';

/** Fills both homes with what people have, so that things wait which look like those of a day. */
export async function furnish(stage: PageStage): Promise<void> {
  const { laptop } = stage;
  await stage.propose('bash/alias/ls', alias('ls', 'ls --color=auto'));
  await stage.propose(
    'bash/function/deploy',
    shellFunction('deploy', 'git push origin main', 'ssh web1 systemctl reload app', 'echo done'),
  );
  valueOf(await laptop.client().decideAll('shell', 'accept'));
  await until('nothing waits', async () => (await stage.waiting()) === 0);

  await agreeOnPolicy(stage);
  await stage.propose('bash/alias/ls', alias('ls', 'ls --color=auto --group-directories-first'));
  valueOf(
    await laptop
      .client()
      .putRecord(
        'shell',
        'bash/function/deploy',
        shellFunction('deploy', 'git push --tags origin main', 'ssh web3 systemctl reload app', 'echo done'),
      ),
  );
  await stage.propose(
    'bash/function/deploy',
    shellFunction(
      'deploy',
      'git push origin main',
      'ssh web2 sudo systemctl reload app',
      'curl -fsS https://status.example.org/ping',
      'echo done',
    ),
  );
  await stage.propose('bash/alias/gs', alias('gs', 'git status --short --branch'));
  await stage.propose('bash/alias/gl', alias('gl', 'git log --oneline --graph -20'));
  await stage.propose('bash/env/PAGER', {
    kind: 'env',
    name: 'PAGER',
    shell: 'bash',
    body: "export PAGER='less -FRX'",
  });
  await stage.propose('bash/alias/please', alias('please', 'sudo $(fc -ln -1)'));
}

/** An organisation with some rules, one of them weaker than another. */
async function agreeOnPolicy({ desk, laptop }: PageStage): Promise<void> {
  valueOf(await desk.client().createScope('org', 'Team'));
  for (const home of [desk, laptop]) {
    valueOf(await home.client().enable('sourceos.sync.policy-fabric'));
  }
  const rules = [
    ['org', { key: 'agent.write.*', kind: 'decision', value: 'require_review' }],
    ['workspace', { key: 'agent.write.*', kind: 'decision', value: 'allow' }],
    ['org', { key: 'lease.lifetime_hours', kind: 'max', value: 24 }],
  ] as const;
  for (const [layer, rule] of rules) {
    valueOf(await desk.client().setPolicy(layer, rule));
  }
  await until('the rules arrive', async () => valueOf(await laptop.client().policy()).keys.length === 2);
}
