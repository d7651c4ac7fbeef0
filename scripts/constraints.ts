// Writes src/simulator/constraints.json for the operations that the simulator has, which needs Python with botocore (scripts/aws-models.py), and
// src/authorization/reference.json for the actions that they are authorized as.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reference } from "./generate/reference.ts";
import { services } from "../src/simulator/services.ts";

const path = (of: string) => fileURLToPath(new URL(`../${of}`, import.meta.url));
const operations = Object.entries(services).map(([client, all]) => [client, Object.keys(all)] as const);
const input = JSON.stringify(Object.fromEntries(operations));
const stdio = ["pipe", "pipe", "inherit"] as const;
const text = execFileSync("python3", [path("scripts/aws-models.py")], { input, stdio: [...stdio], maxBuffer: 1 << 24 });
writeFileSync(path("src/simulator/constraints.json"), text);
writeFileSync(path("src/authorization/reference.json"), await reference());
