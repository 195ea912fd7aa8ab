import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

/** A part of the panel under its name. */
export const Section = ({ title, children }: Props) => (
  <section className="panel-section">
    <h4>{title}</h4>
    {children}
  </section>
);
