import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { text } from "../../config/text";
import { useFacets } from "./asked";
import { standings, without, type Standing, type View } from "./view";

const words = text.review;

interface Props {
  readonly review: string;
  readonly view: View;
  readonly onView: (view: View) => void;
}

/** Which groups are listed: those left, of a folder, of a format, or whose kept file lies somewhere. */
export function ReviewFilters({ review, view, onView }: Props) {
  const facets = useFacets(review, true);
  const folders = (facets.data?.folders ?? []).map((facet) => ({ value: facet.name, label: words.value(facet.name, facet.groups) }));
  const formats = (facets.data?.formats ?? []).map((facet) => ({ value: facet.name, label: words.value(facet.name, facet.groups) }));
  // What the address names is a choice, also before the server told which there are.
  const named = (value: string | undefined, options: readonly { value: string; label: string }[]) => [
    { value: "", label: words.any },
    ...(value === undefined || options.some((each) => each.value === value) ? [] : [{ value, label: value }]),
    ...options,
  ];
  const set = (name: "folder" | "keeper" | "format", value: string) => {
    onView(value === "" ? without(view, name, "group") : { ...without(view, "group"), [name]: value });
  };
  return (
    <div className="filters card small">
      <Choice<Standing>
        label={words.standing}
        value={view.standing ?? "open"}
        options={standings.map((each) => ({ value: each, label: words.standings[each] }))}
        onChange={(standing) => onView({ ...without(view, "group"), standing })}
      />
      <Choice label={words.folder} value={view.folder ?? ""} options={named(view.folder, folders)} onChange={(value) => set("folder", value)} />
      <Choice label={words.keeperIn} value={view.keeper ?? ""} options={named(view.keeper, folders)} onChange={(value) => set("keeper", value)} />
      <Choice label={words.format} value={view.format ?? ""} options={named(view.format, formats)} onChange={(value) => set("format", value)} />
      <Button kind="plain" onPress={() => onView(without(view, "standing", "folder", "keeper", "format", "group"))}>
        {text.duplicates.reset}
      </Button>
    </div>
  );
}
