import type { Template } from './template.ts';

/** One message as the rules see it. */
export interface Message {
  /** Normalised. */
  readonly phone: string;
  /** As the bureau wrote it, or the template filled in: without our signature. */
  readonly content: string;
  /** As it would go to the platform. */
  readonly text: string;
  /** The row's; where that says nothing (NOTICE), its template's. */
  readonly category: string;
  readonly source: string | null;
  /** The template that was filled in; null: free text. */
  readonly template: Template | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The codes for which a person had it before them and set it back to NEW all the same. */
  readonly overruled: ReadonlySet<string>;
}

/** What an INSERT without a category gets. */
const DEFAULT_CATEGORY = 'NOTICE';

export function categoryOf(own: string, template: Template | null): string {
  return own === DEFAULT_CATEGORY ? (template?.category ?? own) : own;
}
