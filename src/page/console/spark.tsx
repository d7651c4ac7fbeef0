import type { Answer } from "../../cli/answers/answer.ts";

type Metric = NonNullable<Answer<"status">["metrics"]>[number];

const [WIDTH, HEIGHT] = [240, 40];

/** A metric as a small line, with its last and its largest value as numbers. A gap is a time that CloudWatch has no value of. */
export function Spark({ metric: { metric, unit, values } }: { readonly metric: Metric }) {
  const known = values.filter((value) => value !== null);
  const largest = Math.max(0, ...known);
  const last = known.at(-1);
  return (
    <figure class="spark">
      <figcaption>
        {metric} <span class="soft">{unit}</span>
      </figcaption>
      {last === undefined ? (
        <p class="soft">No values.</p>
      ) : (
        <>
          <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
            {linesOf(values, largest).map((points) => (
              <polyline key={points} points={points} />
            ))}
          </svg>
          <p>
            {`last ${rounded(last)}`} <span class="soft">{`largest ${rounded(largest)}`}</span>
          </p>
        </>
      )}
    </figure>
  );
}

/** The points of each stretch of values without a gap. A single value is drawn as a short line. */
export function linesOf(values: readonly (number | null)[], largest: number): string[] {
  const lines: string[][] = [[]];
  const step = WIDTH / Math.max(1, values.length - 1);
  const at = (place: number, value: number) =>
    `${round(place * step)},${round(HEIGHT - 3 - (largest === 0 ? 0 : (value / largest) * (HEIGHT - 6)))}`;
  for (const [place, value] of values.entries()) {
    if (value === null) lines.push([]);
    else lines.at(-1)?.push(at(place, value));
  }
  return lines.flatMap((points) => {
    const [only] = points;
    if (only === undefined) return [];
    const [x = "0", y = "0"] = only.split(",");
    return points.length === 1 ? [`${x},${y} ${round(Number(x) + 2)},${y}`] : [points.join(" ")];
  });
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

const rounded = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : 0 });
