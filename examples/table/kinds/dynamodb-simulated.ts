// What the simulated AWS needs to know of DynamoDB for the kind in dynamodb-table.ts: one function per operation. What is kept in a table of
// the simulated world is in its file, and exists for the next command too.
import type {
  CreateTableInput,
  DeleteTableInput,
  DescribeContinuousBackupsInput,
  DescribeTableInput,
  KeySchemaElement,
  ListTablesInput,
  ListTagsOfResourceInput,
  Tag,
  TagResourceInput,
  UntagResourceInput,
  UpdateContinuousBackupsInput,
} from "@aws-sdk/client-dynamodb";
import { refuse, tagList, type Operations, type Sim } from "fairlead";

/** The simulated tagging API finds a record by its `arn` and `tags`. */
interface SimTable {
  name: string;
  arn: string;
  keys: KeySchemaElement[];
  recovery: boolean;
  tags: Record<string, string>;
  activeAt: number;
}

/** One table of the simulated world for each region. */
const tables = (sim: Sim) => sim.table<SimTable>("tables");

/** The codes are those of the SDK's error classes: DynamoDB API Reference, "Errors" of each action. */
const tableOf = (sim: Sim, name = "", code = "ResourceNotFoundException"): SimTable =>
  tables(sim)[name] ?? refuse(code, `Requested resource not found: Table: ${name} not found`);

const tagged = (sim: Sim, arn = "") => tableOf(sim, arn.slice(arn.indexOf("/") + 1));

const isActive = ({ activeAt }: SimTable, { now }: Sim) => activeAt <= now;

const described = (table: SimTable, sim: Sim) => ({
  TableName: table.name,
  TableArn: table.arn,
  TableStatus: isActive(table, sim) ? "ACTIVE" : "CREATING",
  KeySchema: table.keys,
});

const backupsOf = ({ recovery }: SimTable) => ({
  ContinuousBackupsStatus: "ENABLED",
  PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: recovery ? "ENABLED" : "DISABLED" },
});

const recordOf = (tags: Tag[] = []) => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

export const DynamoDB = {
  CreateTable({ TableName: name = "", KeySchema: keys = [], Tags }: CreateTableInput, sim) {
    if (!/^[\w.-]{3,255}$/.test(name)) refuse("ValidationException", "Invalid table name");
    if (tables(sim)[name]) refuse("ResourceInUseException", `Table already exists: ${name}`);
    const arn = sim.arn("dynamodb", `table/${name}`);
    tables(sim)[name] = { name, arn, keys, recovery: false, tags: recordOf(Tags), activeAt: sim.in(8) };
    return { TableDescription: described(tableOf(sim, name), sim) };
  },

  DescribeTable: ({ TableName }: DescribeTableInput, sim) => ({ Table: described(tableOf(sim, TableName), sim) }),

  DescribeContinuousBackups({ TableName }: DescribeContinuousBackupsInput, sim) {
    return { ContinuousBackupsDescription: backupsOf(tableOf(sim, TableName, "TableNotFoundException")) };
  },

  UpdateContinuousBackups(input: UpdateContinuousBackupsInput, sim) {
    const table = tableOf(sim, input.TableName, "TableNotFoundException");
    // terraform-provider-aws, internal/service/dynamodb/table.go, updatePITR: tries again while it is answered this.
    if (!isActive(table, sim))
      refuse("ContinuousBackupsUnavailableException", "Backups are being enabled for the table. Please retry later");
    table.recovery = input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false;
    return { ContinuousBackupsDescription: backupsOf(table) };
  },

  ListTables: (_: ListTablesInput, sim) => ({ TableNames: Object.keys(tables(sim)) }),

  ListTagsOfResource({ ResourceArn }: ListTagsOfResourceInput, sim) {
    return { Tags: tagList(tagged(sim, ResourceArn).tags) };
  },

  TagResource({ ResourceArn, Tags }: TagResourceInput, sim) {
    Object.assign(tagged(sim, ResourceArn).tags, recordOf(Tags));
  },

  UntagResource({ ResourceArn, TagKeys = [] }: UntagResourceInput, sim) {
    for (const key of TagKeys) delete tagged(sim, ResourceArn).tags[key];
  },

  DeleteTable({ TableName }: DeleteTableInput, sim) {
    const table = tableOf(sim, TableName);
    // "If a table is in CREATING or UPDATING states, then DynamoDB returns a ResourceInUseException" (API Reference, DeleteTable).
    if (!isActive(table, sim)) refuse("ResourceInUseException", `Table is being created: ${table.name}`);
    delete tables(sim)[table.name];
    return { TableDescription: { ...described(table, sim), TableStatus: "DELETING" } };
  },
} satisfies Operations;
