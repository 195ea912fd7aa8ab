interface Props {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
}

/** How far something is; without a total it only says that it goes on. */
export function Meter({ label, done, total }: Props) {
  const share = total ? Math.min(1, done / total) : null;
  return (
    <div
      className={share === null ? "meter blank" : "meter"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
    >
      {share === null ? null : <div style={{ width: `${share * 100}%` }} />}
    </div>
  );
}
