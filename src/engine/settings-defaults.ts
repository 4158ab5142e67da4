import type { Play, Playbook } from '../model/playbook.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { ConnectionFlags, Selection } from '../model/run-options.ts';

/** The selection of the command line, else the tags that the settings name. */
export function selectionWith(selection: Selection, settings: ProjectSettings): Selection {
  return {
    ...selection,
    tags: selection.tags.length > 0 ? selection.tags : (settings.tags ?? []),
    skipTags: selection.skipTags.length > 0 ? selection.skipTags : (settings.skip_tags ?? []),
  };
}

/** The connection flags of the command line, over the settings. */
export function flagsWith(flags: ConnectionFlags, settings: ProjectSettings): ConnectionFlags {
  const { connect_timeout: seconds, host_key_checking: checking } = settings;
  return {
    ...flags,
    user: flags.user ?? settings.user,
    identityFile: flags.identityFile ?? settings.private_key,
    connectTimeoutMs: flags.connectTimeoutMs ?? (seconds === undefined ? undefined : seconds * 1_000),
    hostKeyPolicy: flags.hostKeyPolicy ?? (checking === undefined ? undefined : checking ? 'strict' : 'off'),
    become: flags.become ?? settings.become,
    becomeMethod: flags.becomeMethod ?? settings.become_method,
    becomeUser: flags.becomeUser ?? settings.become_user,
    becomeExe: flags.becomeExe ?? settings.become_exe,
    becomeFlags: flags.becomeFlags ?? settings.become_flags,
  };
}

/** Gives plays what the settings say of keywords that they do not have. */
export function withPlayDefaults(playbook: Playbook, settings: ProjectSettings): Playbook {
  return { ...playbook, plays: playbook.plays.map((play) => withDefaults(play, settings)) };
}

function withDefaults(play: Play, settings: ProjectSettings): Play {
  const { force_handlers: forceHandlers, gathering, any_errors_fatal: anyErrorsFatal } = settings;
  const isOpen = (keyword: string) => !Object.hasOwn(play.places, keyword);
  return {
    ...play,
    forceHandlers:
      forceHandlers !== undefined && isOpen('force_handlers') ? forceHandlers : play.forceHandlers,
    gatherFacts: gathering === 'explicit' && isOpen('gather_facts') ? false : play.gatherFacts,
    keywords:
      anyErrorsFatal !== undefined && isOpen('any_errors_fatal')
        ? { ...play.keywords, anyErrorsFatal }
        : play.keywords,
  };
}
