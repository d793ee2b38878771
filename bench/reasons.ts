/** Why a bar is missed: what limits it, what a profile shows, what was tried. By the bar's id. */

export const REASONS: Readonly<Record<string, string>> = {}
