package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.pubsub.PubSubContractTests;
import io.ikigai.platform.pubsub.SubscriptionContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The compatibility kit of publish and subscribe on PostgreSQL.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresPubSubIntegrationTests {

	private static PostgresKind.Opened server;

	@Parameter
	PostgresKind kind;

	private static PostgresApplication application;

	private static PostgresApplication other;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		PostgresDatabase database = server.database();
		application = PostgresApplication.start(database);
		other = PostgresApplication.start(database, "ikigai.pubsub.buffer-size=3");
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		other.close();
		application.close();
		server.close();
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
