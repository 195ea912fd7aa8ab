/** Outlines of 24 × 24, drawn with the colour of the text. */
const outlines = {
  close: "M6 6l12 12M18 6L6 18",
  before: "M15 5l-7 7 7 7",
  after: "M9 5l7 7-7 7",
  closer: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5L20 20M10.5 7.8v5.4M7.8 10.5h5.4",
  farther: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5L20 20M7.8 10.5h5.4",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  shrink: "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
  about: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 11v5.5M12 7.5v.2",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  similar: "M4 7h9v9H4zM16 8.5h4v11H9V18",
} as const;

export type IconName = keyof typeof outlines;

/** A small drawing; what it means is said by the button that it is in. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg
    className="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={outlines[name]} />
  </svg>
);
