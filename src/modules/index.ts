// Written by `npm run gen` from the files of this folder.
import type { ModuleSpec } from '../model/module.ts';
import addHostModule from './add_host.ts';
import assertModule from './assert.ts';
import asyncStatusModule from './async_status.ts';
import blockinfileModule from './blockinfile.ts';
import commandModule from './command.ts';
import copyModule from './copy.ts';
import debugModule from './debug.ts';
import failModule from './fail.ts';
import fetchModule from './fetch.ts';
import fileModule from './file.ts';
import groupByModule from './group_by.ts';
import includeModule from './include.ts';
import includeRoleModule from './include_role.ts';
import includeTasksModule from './include_tasks.ts';
import includeVarsModule from './include_vars.ts';
import joinModule from './join.ts';
import lineinfileModule from './lineinfile.ts';
import metaModule from './meta.ts';
import pauseModule from './pause.ts';
import pingModule from './ping.ts';
import pipeModule from './pipe.ts';
import queueModule from './queue.ts';
import rawModule from './raw.ts';
import replaceModule from './replace.ts';
import scriptModule from './script.ts';
import setFactModule from './set_fact.ts';
import setupModule from './setup.ts';
import shellModule from './shell.ts';
import slurpModule from './slurp.ts';
import statModule from './stat.ts';
import stateModule from './state.ts';
import tempfileModule from './tempfile.ts';
import templateModule from './template.ts';
import validateArgumentSpecModule from './validate_argument_spec.ts';
import waitForModule from './wait_for.ts';
import waitForConnectionModule from './wait_for_connection.ts';

/** Every module, by name. */
export const modules: readonly ModuleSpec[] = [
  addHostModule,
  assertModule,
  asyncStatusModule,
  blockinfileModule,
  commandModule,
  copyModule,
  debugModule,
  failModule,
  fetchModule,
  fileModule,
  groupByModule,
  includeModule,
  includeRoleModule,
  includeTasksModule,
  includeVarsModule,
  joinModule,
  lineinfileModule,
  metaModule,
  pauseModule,
  pingModule,
  pipeModule,
  queueModule,
  rawModule,
  replaceModule,
  scriptModule,
  setFactModule,
  setupModule,
  shellModule,
  slurpModule,
  statModule,
  stateModule,
  tempfileModule,
  templateModule,
  validateArgumentSpecModule,
  waitForModule,
  waitForConnectionModule,
];
