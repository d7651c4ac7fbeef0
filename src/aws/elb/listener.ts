// A listener has no name: its load balancer and port identify it. AWS accepts it while the load balancer is still
// provisioning, and deletes its rules with it.
import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
  type Listener as AwsListener,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { some } from "../beyond.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { tagList, type Tags } from "../tags.ts";
import { actionFrom, actionsOf, type Action } from "./action.ts";
import { askForTags, changeTags, findAmong, foreignAmong, isArn, notSeenYet, tagsOf } from "./shared.ts";

export interface ListenerSpec {
  loadBalancerArn: string;
  port: number;
  protocol: "HTTP" | "HTTPS";
  /** The action for requests that match no rule. */
  action: Action;
  tags: Tags;
}

export interface ListenerAttrs {
  arn: string;
}

export const Listener = defineKind<ListenerSpec, ListenerAttrs>({
  type: "elb/listener",
  fields: {
    loadBalancerArn: { immutable: true, unique: true },
    port: { unique: true },
    protocol: {},
    action: {},
    tags: {},
  },

  async observe(aws, look) {
    askForTags(aws, look);
    const loadBalancerArn = balancerOf(look.knownId) ?? look.spec.loadBalancerArn;
    if (loadBalancerArn === undefined) return undefined;
    const listeners = await look.snapshot.once(`elb/listeners ${loadBalancerArn}`, () =>
      absent(
        everyPage(async (Marker): Promise<{ items: AwsListener[] | undefined; next: string | undefined }> => {
          const page = await aws.elb(new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn, Marker }));
          return { items: page.Listeners, next: page.NextMarker };
        }),
        "LoadBalancerNotFound",
      ),
    );
    const listener = await findAmong(
      aws,
      look,
      listeners ?? [],
      (candidate) => candidate.ListenerArn,
      (candidate) => candidate.Port === look.spec.port,
    );
    if (!listener?.ListenerArn) return undefined;
    const tags = await tagsOf(aws, look.snapshot, listener.ListenerArn);
    return {
      id: listener.ListenerArn,
      attrs: { arn: listener.ListenerArn },
      spec: {
        loadBalancerArn: listener.LoadBalancerArn ?? loadBalancerArn,
        port: listener.Port,
        protocol: listener.Protocol === "HTTP" || listener.Protocol === "HTTPS" ? listener.Protocol : undefined,
        action: actionFrom(listener.DefaultActions),
        tags,
      },
      unmanaged: some(
        await foreignAmong(
          aws,
          look,
          (listeners ?? []).filter((one) => one !== listener),
          (one) => one.ListenerArn,
          ({ Protocol, Port }) => `listener ${Protocol}:${Port} beside it`,
        ),
      ),
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const { Listeners } = await aws.elb(
      new CreateListenerCommand({
        LoadBalancerArn: spec.loadBalancerArn,
        Port: spec.port,
        Protocol: spec.protocol,
        DefaultActions: actionsOf(spec.action),
        Tags: tagList(spec.tags),
      }),
      { once: true, notYet: notSeenYet("LoadBalancerNotFound", "TargetGroupNotFound") },
    );
    const arn = Listeners?.[0]?.ListenerArn ?? "";
    await making.created(arn);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, observed, spec, changed) {
    if (changed.has("port") || changed.has("protocol") || changed.has("action"))
      await aws.elb(
        new ModifyListenerCommand({
          ListenerArn: observed.id,
          Port: spec.port,
          Protocol: spec.protocol,
          DefaultActions: actionsOf(spec.action),
        }),
        { notYet: notSeenYet("TargetGroupNotFound") },
      );
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    await absent(aws.elb(new DeleteListenerCommand({ ListenerArn: observed.id })), "ListenerNotFound");
  },
});

/** A listener's ARN is derived from its load balancer's. */
const balancerOf = (arn: string | undefined) =>
  isArn(arn) ? arn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "") : undefined;
