/** Kinds of evidence that two pictures are the same, strongest first. */
export const tiers = ["bytes", "pixels", "hash", "copy", "similar"] as const;

export type Tier = (typeof tiers)[number];
