/** A literal: integers beyond 2^53 as bigint; a float is marked, since `1.0` is not `1`. */
export type Literal = string | number | bigint | boolean | null;

/** Arguments of a call, filter or test. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** `*list` */
  readonly rest?: Expression | undefined;
  /** `**mapping` */
  readonly restNamed?: Expression | undefined;
}

/** Operators with two operands. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** Operators of comparison. */
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** Every expression knows where it stands: characters from the start of the text. */
interface Located {
  readonly offset: number;
}

/** `value | name(args)`. */
export type FilterExpression = Located & {
  readonly kind: 'filter';
  /** Undefined for the filter of a block, whose value is the block's text. */
  readonly target: Expression | undefined;
  readonly name: string;
  readonly arguments: Arguments;
};

/** `callee(args)`. */
export type CallExpression = Located & {
  readonly kind: 'call';
  readonly target: Expression;
  readonly arguments: Arguments;
};

/** A name read from the scope. */
export type NameExpression = Located & { readonly kind: 'name'; readonly name: string };

/** An expression, by its kind. */
export type Expression =
  | (Located & { readonly kind: 'literal'; readonly value: Literal; readonly float?: boolean })
  | NameExpression
  | (Located & { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] })
  | (Located & { readonly kind: 'dict'; readonly pairs: readonly (readonly [Expression, Expression])[] })
  | (Located & { readonly kind: 'not' | 'negative' | 'positive'; readonly operand: Expression })
  | (Located & { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression })
  | (Located & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Located & { readonly kind: 'concat'; readonly parts: readonly Expression[] })
  | (Located & {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
    })
  | (Located & {
      readonly kind: 'condition';
      readonly test: Expression;
      readonly value: Expression;
      readonly otherwise: Expression | undefined;
    })
  | (Located & { readonly kind: 'attribute'; readonly target: Expression; readonly name: string })
  | (Located & { readonly kind: 'item'; readonly target: Expression; readonly key: Expression })
  | (Located & {
      readonly kind: 'slice';
      readonly target: Expression;
      readonly start: Expression | undefined;
      readonly stop: Expression | undefined;
      readonly step: Expression | undefined;
    })
  | CallExpression
  | FilterExpression
  | (Located & {
      readonly kind: 'test';
      readonly target: Expression;
      readonly name: string;
      readonly arguments: Arguments;
      readonly negated: boolean;
    });

/** What an assignment writes to: a name, an attribute of a namespace, or several of them. */
export type Target =
  | NameExpression
  | (Located & { readonly kind: 'member'; readonly name: string; readonly attribute: string })
  | (Located & { readonly kind: 'targets'; readonly items: readonly Target[] });

/** A macro's or call block's parameter with its default. */
export interface Parameter {
  readonly name: string;
  readonly fallback: Expression | undefined;
}

/** `{% macro name(params) %}`. */
export type MacroStatement = Located & {
  readonly kind: 'macro';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
};

/** `{% block name %}`. */
export type BlockStatement = Located & {
  readonly kind: 'block';
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Statement[];
};

/** `{% for target in iterable %}`. */
export type ForStatement = Located & {
  readonly kind: 'for';
  readonly target: Target;
  readonly iterable: Expression;
  readonly test: Expression | undefined;
  readonly recursive: boolean;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
};

/** `{% import %}` and `{% from … import %}`. */
export type ImportStatement = Located & {
  readonly kind: 'import';
  readonly template: Expression;
  readonly withContext: boolean;
  /** The module's name, or the names taken out of it with the names they get. */
  readonly as: string | readonly (readonly [name: string, alias: string])[];
};

/** A statement, or text between statements, by its kind. */
export type Statement =
  | (Located & { readonly kind: 'text'; readonly text: string })
  | (Located & { readonly kind: 'output'; readonly value: Expression })
  | (Located & {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
    })
  | ForStatement
  | (Located & { readonly kind: 'set'; readonly target: Target; readonly value: Expression })
  | (Located & {
      readonly kind: 'set-block';
      readonly target: Target;
      readonly filter: Expression | undefined;
      readonly body: readonly Statement[];
    })
  | (Located & {
      readonly kind: 'with';
      readonly bindings: readonly (readonly [Target, Expression])[];
      readonly body: readonly Statement[];
    })
  | MacroStatement
  | (Located & {
      readonly kind: 'call-block';
      readonly parameters: readonly Parameter[];
      readonly call: CallExpression;
      readonly body: readonly Statement[];
    })
  | (Located & {
      readonly kind: 'filter-block';
      readonly filter: Expression;
      readonly body: readonly Statement[];
    })
  | (Located & {
      readonly kind: 'autoescape';
      readonly value: Expression;
      readonly body: readonly Statement[];
    })
  | BlockStatement
  | (Located & { readonly kind: 'extends'; readonly template: Expression })
  | (Located & {
      readonly kind: 'include';
      readonly template: Expression;
      readonly ignoreMissing: boolean;
      readonly withContext: boolean;
    })
  | ImportStatement
  | (Located & { readonly kind: 'do'; readonly value: Expression })
  | (Located & { readonly kind: 'break' | 'continue' });
