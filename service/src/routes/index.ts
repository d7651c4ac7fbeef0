import type { Route } from "../router.ts";
import { calculator } from "./calculator.ts";
import { currency } from "./currency.ts";
import { currencyConvert } from "./currency-convert.ts";
import { echo } from "./echo.ts";
import { encoder } from "./encoder.ts";
import { health } from "./health.ts";
import { info } from "./info.ts";
import { page } from "./page.ts";
import { quote } from "./quote.ts";
import { textUtils } from "./text-utils.ts";

/** Every route of the service. */
export const routes: readonly Route[] = [
  page,
  health,
  info,
  echo,
  currency,
  currencyConvert,
  calculator,
  textUtils,
  quote,
  encoder,
];
