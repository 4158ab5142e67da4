#!/usr/bin/env node
// CommonJS, by the package.json beside it: Node starts it without its loader of ES modules.
require('../dist/runbook.cjs');
