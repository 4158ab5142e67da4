#!/usr/bin/env node
// Takes the words of ansible-playbook.
process.argv.splice(2, 0, 'ansible-playbook');
require('./runbook.js');
