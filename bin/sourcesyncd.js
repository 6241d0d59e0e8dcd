#!/usr/bin/env node
import { main } from '../dist/program/cli.js';

process.exitCode = await main(['daemon', 'run', ...process.argv.slice(2)]);
