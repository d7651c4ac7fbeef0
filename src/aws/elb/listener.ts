// A listener has no name: its load balancer and port identify it. AWS accepts it while the load balancer is still
// provisioning, and deletes its rules with it.
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  DeleteListenerCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
  type Listener as AwsListener,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { defineKind, wholeArn } from "../define-kind.ts";
import { tagList, type Tags } from "../tags.ts";
import { asRecorded } from "../to-delete.ts";
import { actionFrom, actionsOf, type Action } from "./action.ts";
import { askForTags, changeTags, findAmong, foreignAmong, isArn, notSeenYet, tagsIfThere, tagsOf } from "./shared.ts";

export interface ListenerSpec {
  loadBalancerArn: string;
  port: number;
  protocol: "HTTP" | "HTTPS";
  /** Of an HTTPS listener: its default certificate, and the policy that names the TLS versions and ciphers it accepts. */
  certificateArn?: string | undefined;
  sslPolicy?: string | undefined;
  /** Its further certificates, sorted: for names that the default one is not for. */
  otherCertificateArns?: string[] | undefined;
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
    certificateArn: {},
    sslPolicy: {},
    otherCertificateArns: {},
    action: {},
    tags: {},
  },
  // CloudFront may still send requests to it, and for names that only the certificate from before is for.
  // "Deleting a load balancer also deletes its listeners" (ELB API Reference, DeleteLoadBalancer).
  traits: { markedAtOnce: true, deletedLast: true, addsFirst: ["certificateArn"], deletedWith: ["elb/load-balancer"] },
  inventory: { idIn: wholeArn("elasticloadbalancing", "listener") },

  canonical: (spec) =>
    spec.otherCertificateArns ? { ...spec, otherCertificateArns: spec.otherCertificateArns.toSorted() } : spec,

  async observe(aws, look) {
    if (look.toDelete && isArn(look.knownId))
      return asRecorded(look, await tagsIfThere(aws, look.snapshot, look.knownId));
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
    const [tags, others] = await Promise.all([
      tagsOf(aws, look.snapshot, listener.ListenerArn),
      listener.Protocol === "HTTPS" ? otherCertificates(aws, listener.ListenerArn) : undefined,
    ]);
    return {
      id: listener.ListenerArn,
      attrs: { arn: listener.ListenerArn },
      spec: {
        loadBalancerArn: listener.LoadBalancerArn ?? loadBalancerArn,
        port: listener.Port,
        protocol: listener.Protocol === "HTTP" || listener.Protocol === "HTTPS" ? listener.Protocol : undefined,
        ...(listener.Protocol === "HTTPS"
          ? {
              certificateArn: listener.Certificates?.[0]?.CertificateArn,
              sslPolicy: listener.SslPolicy,
              otherCertificateArns: others,
            }
          : {}),
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
        ...securityOf(spec),
        DefaultActions: actionsOf(spec.action),
        Tags: tagList(spec.tags),
      }),
      { once: true, notYet: [...notSeenYet("LoadBalancerNotFound", "TargetGroupNotFound"), ...NOT_USABLE_YET] },
    );
    const arn = Listeners?.[0]?.ListenerArn ?? "";
    await making.created(arn);
    await addCertificates(aws, arn, spec.otherCertificateArns ?? [], []);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, observed, spec, changed, { addOnly = false } = { note: () => {} }) {
    const { certificateArn: before, otherCertificateArns: others = [] } = observed.spec;
    // "If the default certificate is also in the certificate list, this call returns the certificate twice": it may be in both (botocore
    // elbv2, DescribeListenerCertificates).
    const kept = addOnly && before !== undefined && changed.has("certificateArn") ? [before] : [];
    await addCertificates(aws, observed.id, [...kept, ...(spec.otherCertificateArns ?? [])], others);
    if (SET_TOGETHER.some((field) => changed.has(field)))
      await aws.elb(
        new ModifyListenerCommand({
          ListenerArn: observed.id,
          Port: spec.port,
          Protocol: spec.protocol,
          ...securityOf(spec),
          DefaultActions: actionsOf(spec.action),
        }),
        { notYet: [...notSeenYet("TargetGroupNotFound"), ...NOT_USABLE_YET] },
      );
    if (!addOnly) await removeCertificates(aws, observed.id, others, spec.otherCertificateArns ?? []);
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    await absent(aws.elb(new DeleteListenerCommand({ ListenerArn: observed.id })), "ListenerNotFound");
  },
});

/** The fields that one call sets. */
const SET_TOGETHER = ["port", "protocol", "certificateArn", "sslPolicy", "action"] as const;

/** The certificates of a listener besides the default one. */
async function otherCertificates(aws: Aws, ListenerArn: string): Promise<string[]> {
  const all = await everyPage(async (Marker) => {
    const page = await aws.elb(new DescribeListenerCertificatesCommand({ ListenerArn, Marker }));
    return { items: page.Certificates, next: page.NextMarker };
  });
  return all.flatMap(({ CertificateArn: arn, IsDefault }) => (IsDefault || arn === undefined ? [] : [arn])).toSorted();
}

async function addCertificates(aws: Aws, ListenerArn: string, wanted: readonly string[], now: readonly string[]) {
  const Certificates = wanted.filter((arn) => !now.includes(arn)).map((CertificateArn) => ({ CertificateArn }));
  if (Certificates.length > 0)
    await aws.elb(new AddListenerCertificatesCommand({ ListenerArn, Certificates }), { notYet: NOT_USABLE_YET });
}

async function removeCertificates(aws: Aws, ListenerArn: string, now: readonly string[], wanted: readonly string[]) {
  const Certificates = now.filter((arn) => !wanted.includes(arn)).map((CertificateArn) => ({ CertificateArn }));
  if (Certificates.length > 0) await aws.elb(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates }));
}

/** A listener's ARN is derived from its load balancer's. */
const balancerOf = (arn: string | undefined) =>
  isArn(arn) ? arn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "") : undefined;

/** "You must provide exactly one certificate" (API reference, CreateListener), and none for a listener without TLS. */
const securityOf = ({ certificateArn, sslPolicy }: ListenerSpec) =>
  certificateArn === undefined
    ? {}
    : {
        Certificates: [{ CertificateArn: certificateArn }],
        ...(sslPolicy === undefined ? {} : { SslPolicy: sslPolicy }),
      };

/**
 * A certificate that was issued a moment ago: listeners do not see it, or call its signature unsupported (terraform-provider-aws issue 41789;
 * internal/service/elbv2/listener.go tries for five minutes on CertificateNotFound).
 */
const NOT_USABLE_YET: readonly NotYet[] = [
  { code: "CertificateNotFound", budget: 120 },
  { code: "UnsupportedCertificate", budget: 120 },
];
