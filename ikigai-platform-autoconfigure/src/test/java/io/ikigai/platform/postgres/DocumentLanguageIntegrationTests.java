package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The languages of text, and declarations that are refused.
 */
class DocumentLanguageIntegrationTests {

	private static final String LANGUAGE = "ikigai.storage.collections.texts.language=";

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@Test
	void indexesTextAnewWhenTheLanguageChanges() throws SQLException {
		try (PostgresApplication application = PostgresApplication.start(this.database, LANGUAGE + "german")) {
			DocumentCollection<String> texts = application.platform().storage().documents("texts", String.class);
			Map<String, String> many = new HashMap<>();
			for (int i = 0; i < 1200; i++) {
				many.put("t" + i, "Viele Häuser am Meer " + i);
			}
			texts.putAll(many);
			assertThat(texts.search("Haus", 1000)).hasSize(1000);
			application.platform().storage().documents("others", String.class).put("a", "Houses");
		}
		try (PostgresApplication application = PostgresApplication.start(this.database, LANGUAGE + "simple")) {
			await().until(
					() -> this.database.queryForText("SELECT string_agg(DISTINCT collection || ' ' || language "
							+ "|| ' ' || version, ',') FROM ikigai_document"),
					"others english 1,texts simple 1"::equals);
			DocumentCollection<String> texts = application.platform().storage().documents("texts", String.class);
			assertThat(texts.search("Haus", 1000)).isEmpty();
			assertThat(texts.search("häuser", 1000)).hasSize(1000);
		}
	}

	@Test
	void takesAConfigurationOfTheDatabasesOwn() throws SQLException {
		this.database.execute("CREATE SCHEMA own; CREATE TEXT SEARCH CONFIGURATION own.plain (COPY = simple)");
		try (PostgresApplication application = PostgresApplication.start(this.database, LANGUAGE + "own.plain")) {
			DocumentCollection<String> texts = application.platform().storage().documents("texts", String.class);
			texts.put("a", "The houses");
			assertThat(texts.search("the houses", 1)).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "texts.language,klingon,english", "texts.language,' ',simple", "texts.indexes,a..b,dots",
			"texts.vector-size,0,16000", "texts.colour,red,colour", "my.texts.language,english,my" })
	void refusesBadDeclarations(String key, String value, String reason) {
		assertThatException()
			.isThrownBy(
					() -> PostgresApplication.start(this.database, "ikigai.storage.collections." + key + "=" + value))
			.satisfies((failure) -> assertThat(failure).hasStackTraceContaining("ikigai.storage.collections")
				.hasStackTraceContaining(reason));
	}

}
