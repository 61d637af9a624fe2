package io.ikigai.platform.postgres;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.ai.MiniLmEmbeddingModel;
import io.ikigai.platform.postgres.BootProperties.Property;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.SearchHit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.embedding.EmbeddingModel;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Questions about Spring Boot's properties, asked as people ask them, to a real model:
 * what they would expect comes first, with pgvector and without.
 */
@ParameterizedClass
@EnumSource(value = PostgresKind.class, names = { "SHARED", "EMBEDDED" })
class SearchQualityIntegrationTests {

	private static final String SIZE = "ikigai.storage.collections.properties.vector-size=384";

	private static final Map<String, float[]> vectors = new LinkedHashMap<>();

	private static PostgresKind.Opened server;

	private static PostgresApplication application;

	@Parameter
	PostgresKind kind;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		application = PostgresApplication.start(WithModel.class, server.database(), SIZE);
		fill();
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		application.close();
		server.close();
	}

	private DocumentCollection<Property> collection() {
		return application.platform().storage().documents("properties", Property.class);
	}

	private static void fill() throws IOException {
		Map<String, Property> properties = BootProperties.read();
		assertThat(properties).hasSizeGreaterThan(1200);
		if (vectors.isEmpty()) {
			EmbeddingModel model = application.bean(EmbeddingModel.class);
			List<String> names = new ArrayList<>(properties.keySet());
			List<float[]> embedded = model.embed(properties.values().stream().map(Property::text).toList());
			for (int i = 0; i < names.size(); i++) {
				vectors.put(names.get(i), embedded.get(i));
			}
		}
		Platform platform = application.platform();
		platform.transaction(() -> {
			DocumentCollection<Property> collection = platform.storage().documents("properties", Property.class);
			collection.putAll(properties);
			collection.embedAll(vectors);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			how do I change the port                              | server.port                                | 3
			turn off the banner at startup                        | spring.main.banner-mode                    | 5
			where are log files written to                        | logging.file.path                          | 3
			maximum size of an uploaded file                      | spring.servlet.multipart.max-file-size     | 3
			password of the database                              | spring.datasource.password                 | 3
			compress HTTP responses                               | server.compression.enabled                 | 3
			how long until a user's session times out             | server.servlet.session.timeout             | 5
			wait for running requests before shutting down        | server.shutdown                            | 10
			the name of my application                            | spring.application.name                    | 3
			which profiles are active                             | spring.profiles.active                     | 3
			initialize beans lazily                               | spring.main.lazy-initialization            | 3
			print the SQL statements that Hibernate runs          | spring.jpa.show-sql                        | 3
			hosts and ports to connect to the Kafka cluster       | spring.kafka.bootstrap-servers             | 5
			where is the SMTP server                              | spring.mail.host                           | 3
			stop the cookie from being read by JavaScript         | server.servlet.session.cookie.http-only    | 5
			""")
	void findsWhatAPersonWouldExpect(String question, String expected, int first) {
		assertThat(names(collection().similar(question, first))).as("similar").contains(expected);
		assertThat(names(collection().hybrid(question, first))).as("hybrid").contains(expected);
	}

	@Test
	void findsExactWordsThatAModelDoesNotKnow() {
		assertThat(names(collection().hybrid("HikariCP JMX pool name", 10))).isNotEmpty();
		List<SearchHit<Property>> hits = collection().hybrid("\"virtual threads\"", 3);
		assertThat(names(hits)).contains("spring.threads.virtual.enabled");
		assertThat(hits.get(0).snippet()).containsIgnoringCase("virtual");
		assertThat(hits).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
		assertThat(hits.get(0).score()).isBetween(1.0 / 61, 2.0 / 61);
	}

	private static List<String> names(List<SearchHit<Property>> hits) {
		return hits.stream().map((hit) -> hit.document().value().name()).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
	static class WithModel {

		@Bean
		EmbeddingModel embeddingModel() {
			return new MiniLmEmbeddingModel();
		}

	}

}
