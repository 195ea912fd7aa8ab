/** Words of the switch that has a folder watched. */
export const watching = {
  label: "Take in changes as they come",
} as const;
