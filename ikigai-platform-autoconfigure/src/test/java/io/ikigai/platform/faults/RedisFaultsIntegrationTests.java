package io.ikigai.platform.faults;

import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.TestServer;

/**
 * Queues, mailboxes and topics on Redis.
 */
class RedisFaultsIntegrationTests extends BrokerFaults {

	RedisFaultsIntegrationTests() {
		super("queues", Consumers.LEASED);
	}

	@Override
	TestServer startServer() {
		return RedisServer.onSmallDisk();
	}

	@Override
	String url(TestServer server) {
		return ((RedisServer) server).url();
	}

	@Override
	String[] properties(String url) {
		return new String[] { "ikigai.redis.url=" + url, "ikigai.services.queues=redis",
				"ikigai.services.mailboxes=redis", "ikigai.services.pubsub=redis" };
	}

	@Override
	void judge(Fleet fleet) throws Exception {
		Verdict.isGoodButForNews(fleet);
	}

}
