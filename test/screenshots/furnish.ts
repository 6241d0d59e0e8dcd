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

  await stage.propose('bash/alias/ls', alias('ls', 'ls --color=auto --group-directories-first'));
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
