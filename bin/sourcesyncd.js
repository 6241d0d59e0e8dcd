#!/usr/bin/env node
import { main } from '../dist/src/daemon/cli-main.js';

process.exitCode = await main(['daemon', 'run', ...process.argv.slice(2)]);
