// A DynamoDB table, as a resource kind of this stack. CreateTable returns long before the table can be used, cannot be repeated, and does not
// take the setting for backups, which is a call of its own once the table is active.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import {
  absent,
  defineKind,
  everyPage,
  ownedAmong,
  tagChanges,
  tagList,
  tagsFrom,
  type Aws,
  type Tags,
} from "fairlead";
import { DynamoDB } from "./dynamodb-simulated.ts";

interface TableSpec {
  name: string;
  /** The attribute, a string, by which items are found. */
  key: string;
  /** Whether the table can be restored to any second of the last 35 days. */
  recovery: boolean;
  tags: Tags;
}

interface TableAttrs {
  name: string;
  arn: string;
}

const GONE = "ResourceNotFoundException";

const arnOf = ({ partition, region, account }: Aws, name: string) =>
  `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;

const tagsOf = async (aws: Aws, name: string): Promise<Tags | undefined> => {
  const dynamoDb = aws.client(DynamoDBClient);
  const answer = await absent(dynamoDb(new ListTagsOfResourceCommand({ ResourceArn: arnOf(aws, name) })), GONE);
  return answer && tagsFrom(answer.Tags);
};

const recover = (aws: Aws, TableName: string, PointInTimeRecoveryEnabled: boolean) =>
  aws.client(DynamoDBClient)(
    new UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
    }),
    // While the table is being created, and for a moment after.
    { notYet: [{ code: "ContinuousBackupsUnavailableException" }, { code: "TableNotFoundException" }] },
  );

export const Table = defineKind<TableSpec, TableAttrs>({
  type: "own/dynamodb-table",
  fields: {
    name: { immutable: true, unique: true },
    key: { immutable: true },
    recovery: {},
    tags: {},
  },
  traits: { holdsData: true },
  // In seconds, as it usually takes.
  timing: { ready: 10, gone: 10 },
  // The tagging API tells which tables have the stack's owner tags, whatever the state says.
  inventory: {
    tagged: "dynamodb:table",
    idIn: ({ service, resource }) => (service === "dynamodb" ? resource.slice("table/".length) : undefined),
  },
  simulated: { DynamoDB },

  async observe(aws, { knownId, spec: { name } }) {
    const dynamoDb = aws.client(DynamoDBClient);
    const TableName = typeof name === "string" ? name : knownId;
    if (TableName === undefined) return undefined;
    const [found, backups, tags] = await Promise.all([
      absent(dynamoDb(new DescribeTableCommand({ TableName })), GONE),
      absent(dynamoDb(new DescribeContinuousBackupsCommand({ TableName })), "TableNotFoundException"),
      tagsOf(aws, TableName),
    ]);
    if (!found?.Table || !backups || !tags) return undefined;
    const { TableStatus: status, KeySchema: keys = [] } = found.Table;
    const { PointInTimeRecoveryDescription: recovery } = backups.ContinuousBackupsDescription ?? {};
    return {
      id: TableName,
      attrs: { name: TableName, arn: arnOf(aws, TableName) },
      spec: {
        name: TableName,
        key: keys.find(({ KeyType }) => KeyType === "HASH")?.AttributeName,
        recovery: recovery?.PointInTimeRecoveryStatus === "ENABLED",
        tags,
      },
      ready: status === "ACTIVE",
      status,
      ...(status === "DELETING" ? { leaving: true } : {}),
    };
  },

  // Only used if the tagging API cannot be called.
  async list(aws, ids) {
    const dynamoDb = aws.client(DynamoDBClient);
    const names = await everyPage(async (ExclusiveStartTableName) => {
      const page = await dynamoDb(new ListTablesCommand({ ExclusiveStartTableName }));
      return { items: page.TableNames, next: page.LastEvaluatedTableName };
    });
    return ownedAmong(
      aws,
      names.filter((name) => name.startsWith(`${aws.stack}-`)).map((id) => ({ id, tags: () => tagsOf(aws, id) })),
      ids,
    );
  },

  // CreateTable is refused if it is repeated after a lost response: with `once` Fairlead looks for the table instead.
  async create(aws, { name, key, recovery, tags }, making) {
    await aws.client(DynamoDBClient)(
      new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
        KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        Tags: tagList(tags),
      }),
      { once: true },
    );
    await making.created(name);
    if (recovery) await recover(aws, name, recovery);
    return { id: name, attrs: { name, arn: arnOf(aws, name) } };
  },

  async update(aws, { id, attrs, spec: observed }, { recovery, tags }, changed) {
    const dynamoDb = aws.client(DynamoDBClient);
    if (changed.has("recovery")) await recover(aws, id, recovery);
    const { write, remove } = tagChanges(tags, observed.tags ?? {});
    const ResourceArn = attrs.arn;
    if (Object.keys(write).length > 0) await dynamoDb(new TagResourceCommand({ ResourceArn, Tags: tagList(write) }));
    if (remove.length > 0) await dynamoDb(new UntagResourceCommand({ ResourceArn, TagKeys: remove }));
  },

  // Deleting a table that is gone is a success.
  async delete(aws, { id: TableName }) {
    const dynamoDb = aws.client(DynamoDBClient);
    // A table that is still being created.
    const notYet = [{ code: "ResourceInUseException" }];
    await absent(dynamoDb(new DeleteTableCommand({ TableName }), { notYet }), GONE);
  },
});
