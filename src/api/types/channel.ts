/** What an envelope of the caller must name; GET /v1/channel. */
export interface ChannelBody {
  readonly channelId: string;
  readonly deviceId: string;
  readonly profileId: string;
  readonly policyBundleHash: string;
}
