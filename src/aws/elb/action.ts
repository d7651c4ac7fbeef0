import type { Action as AwsAction, RedirectActionConfig } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What a listener or a rule does with a request. */
export type Action =
  | { type: "fixed-response"; statusCode: string; contentType: string; body: string }
  | { type: "forward"; targetGroupArn: string }
  | { type: "redirect"; port: string; protocol: "HTTP" | "HTTPS"; statusCode: "HTTP_301" | "HTTP_302" };

/** Converts an action to the API's form. */
export function actionsOf(action: Action): AwsAction[] {
  if (action.type === "forward") return [{ Type: "forward", TargetGroupArn: action.targetGroupArn }];
  const { statusCode: StatusCode } = action;
  if (action.type === "redirect") {
    const { port: Port, protocol: Protocol } = action;
    return [{ Type: "redirect", RedirectConfig: { StatusCode: action.statusCode, Port, Protocol } }];
  }
  const { contentType: ContentType, body: MessageBody } = action;
  return [{ Type: "fixed-response", FixedResponseConfig: { StatusCode, ContentType, MessageBody } }];
}

/**
 * The action that AWS reports, or `undefined` if Fairlead never writes it (several target groups, authentication, a
 * redirect to another host): then it counts as unset, and the next update overwrites it.
 */
export function actionFrom(list: readonly AwsAction[] = []): Action | undefined {
  const [action, more] = list;
  if (!action || more) return undefined;
  const { FixedResponseConfig: fixed, RedirectConfig: redirect } = action;
  if (action.Type === "fixed-response" && fixed)
    return {
      type: "fixed-response",
      statusCode: fixed.StatusCode ?? "",
      contentType: fixed.ContentType ?? "text/plain",
      body: fixed.MessageBody ?? "",
    };
  if (action.Type === "forward") return forwardFrom(action);
  if (action.Type === "redirect" && redirect && keepsUrl(redirect))
    return {
      type: "redirect",
      port: redirect.Port ?? "#{port}",
      protocol: redirect.Protocol === "HTTP" ? "HTTP" : "HTTPS",
      statusCode: redirect.StatusCode === "HTTP_302" ? "HTTP_302" : "HTTP_301",
    };
  return undefined;
}

/** AWS reports a single target group twice, alone and in the list of weighted ones; with two it reports only the list. */
function forwardFrom({ TargetGroupArn, ForwardConfig }: AwsAction): Action | undefined {
  const groups = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn }];
  const targetGroupArn = groups[0]?.TargetGroupArn ?? TargetGroupArn;
  // An update would disable stickiness.
  const sticky = ForwardConfig?.TargetGroupStickinessConfig?.Enabled ?? false;
  return groups.length > 1 || sticky || targetGroupArn === undefined ? undefined : { type: "forward", targetGroupArn };
}

/** AWS fills in placeholders that keep these parts of the request's URL. */
const keepsUrl = ({ Host = "#{host}", Path = "/#{path}", Query = "#{query}" }: RedirectActionConfig) =>
  Host === "#{host}" && Path === "/#{path}" && Query === "#{query}";
