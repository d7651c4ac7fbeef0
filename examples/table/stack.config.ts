import { defineStack } from "fairlead";
import { Table } from "./kinds/dynamodb-table.ts";

export default defineStack({
  name: "hotel",

  // Lets Fairlead delete a table that is no longer declared below.
  kinds: [Table],

  resources: (scope) => {
    const bookings = scope.add("bookings", Table, { name: scope.name("bookings"), key: "id", recovery: true });
    return {
      environment: { BOOKINGS_TABLE: bookings.name },
      permissions: [
        { Sid: "Bookings", Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: bookings.arn },
      ],
    };
  },
});
