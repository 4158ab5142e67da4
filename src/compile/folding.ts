import type { Place } from '../model/place.ts';
import type { BlockPart, PlanBlock, PlanStep } from '../model/plan.ts';
import type { Condition, Keywords } from '../model/playbook.ts';
import type { StepOrigin } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { LeftOutSet, NamedMember } from './play-tree.ts';
import type { TagFilter } from './select-tags.ts';
import type { StartPoint } from './start-at.ts';

/** The plan's steps and blocks as they are made; an index is a place in these lists. */
export interface StepTables {
  readonly steps: PlanStep[];
  readonly blocks: PlanBlock[];
}

/** What chooses steps. */
export interface StepSelection {
  readonly tags: TagFilter;
  readonly start: StartPoint;
}

/** What surrounds a list of steps. */
export interface Surroundings {
  readonly keywords: Keywords;
  readonly layers: readonly VariableLayer[];
  readonly section: PlanStep['section'];
  readonly block?: PlanBlock | undefined;
  readonly part?: BlockPart | undefined;
  readonly rescuable: boolean;
  readonly around: readonly Place[];
  /** Where steps come from that another file brought. */
  readonly origin?: StepOrigin | undefined;
}

/** What the folding of one play, or of one included file, shares. */
export interface Folding {
  readonly tables: StepTables;
  readonly selection: StepSelection;
  readonly playIndex: number;
  readonly named: Map<string, NamedMember>;
  readonly leftOut: LeftOutSet[];
  /** By the key of roles that run once: the conditions of each use so far of which something was selected. */
  readonly roleRuns: Map<string, (readonly Condition[])[]>;
}
