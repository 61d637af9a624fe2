package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.pubsub.PubSubContractTests;
import io.ikigai.platform.pubsub.SubscriptionContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * The compatibility kit of publish and subscribe on PostgreSQL.
 */
class PostgresPubSubIntegrationTests {

	private static PostgresApplication application;

	private static PostgresApplication other;

	@BeforeAll
	static void start() {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database);
		other = PostgresApplication.start(database, "ikigai.pubsub.buffer-size=3");
	}

	@AfterAll
	static void stop() {
		other.close();
		application.close();
	}

	@Nested
	class Messages extends PubSubContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Subscriptions extends SubscriptionContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	/** The same where every message is one too many for the buffer. */
	@Nested
	class SmallBuffers extends PubSubContractTests {

		@Override
		protected Platform platform() {
			return other.platform();
		}

		@Override
		protected Platform other() {
			return application.platform();
		}

	}

	@Nested
	class SubscriptionsWithSmallBuffers extends SubscriptionContractTests {

		@Override
		protected Platform platform() {
			return other.platform();
		}

		@Override
		protected Platform other() {
			return application.platform();
		}

	}

}
