package io.ikigai.platform.postgres;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.ikigai.platform.TypeRef;
import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Finds over many documents use indexes, and what uses them finds the same as what does
 * not.
 */
class DocumentIndexIntegrationTests {

	/** A path that looks like a placeholder, a JDBC escape and a quote, with a dot. */
	private static final String ODD = "{schema}.'it\\'s ?.b'";

	private static final String[] DECLARED = { "ikigai.storage.collections.sites.indexes[0]=state",
			"ikigai.storage.collections.sites.indexes[1]=checks.last",
			"ikigai.storage.collections.sites.indexes[2]=mixed", "ikigai.storage.collections.sites.indexes[3]=" + ODD };

	private static final Function<Object, String> JSON = (value) -> JsonMapper.shared().writeValueAsString(value);

	private static PostgresDatabase database;

	private static PostgresApplication application;

	@BeforeAll
	static void start() throws SQLException {
		database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database, DECLARED);
		awaitIndexes(database, "4");
		database.execute("""
				INSERT INTO ikigai_document (collection, id, value)
				SELECT 'sites', 'd' || i, jsonb_build_object('state', 's' || i % 1000, 'owner', 'o' || i % 2000,
					'checks', jsonb_build_object('last', i), 'tags', jsonb_build_array('t' || i % 3000, i % 7),
					'text', 'word' || i % 4000)
				FROM generate_series(1, 100000) AS i""");
		// The vacuum empties the index's list of pending entries, which a scan has to
		// read
		database.execute("VACUUM ANALYZE ikigai_document");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static void awaitIndexes(PostgresDatabase where, String count) {
		await().until(() -> where.queryForText("SELECT count(*) FROM pg_index WHERE indisvalid AND indpred IS NOT NULL "
				+ "AND indrelid = 'ikigai_document'::regclass"), count::equals);
	}

	/**
	 * Explains the very statement that finds.
	 */
	private static String plan(DocumentQuery query) {
		JdbcTemplate jdbc = application.bean(JdbcTemplate.class);
		DocumentFinder finder = new DocumentFinder(jdbc, new Schema("public"), Map.of("sites",
				new CollectionSettings(List.of("state", "checks.last", "mixed", ODD), "english", null)));
		return String.join("\n",
				new BoundSql().add("EXPLAIN ")
					.add(finder.statement("sites", query, JSON))
					.query(jdbc, new Schema("public"), (row, number) -> row.getString(1)));
	}

	@Test
	void findsByADeclaredPathThroughItsIndex() {
		for (DocumentQuery query : List.of(DocumentQuery.all().where("state", Op.EQ, "s7"),
				DocumentQuery.all().where("state", Op.EQ, "s7").limit(1),
				DocumentQuery.all().where("state", Op.IN, List.of("s7", "s8")),
				DocumentQuery.all().where("state", Op.GE, "s998").and("state", Op.LT, "s999"),
				DocumentQuery.all().where("checks.last", Op.EQ, 5),
				DocumentQuery.all().where("checks.last", Op.IN, List.of(5, 6)),
				DocumentQuery.all().where("checks.last", Op.GT, 99_900),
				DocumentQuery.all().where("checks.last", Op.LE, new BigDecimal("50.5")).orderBy("state", false))) {
			assertThat(plan(query)).containsPattern("ikigai_document_[0-9a-f]{16}").doesNotContain("Seq Scan");
		}
	}

	@Test
	void findsByAnyOtherPathThroughTheIndexOfAll() {
		for (DocumentQuery query : List.of(DocumentQuery.all().where("owner", Op.EQ, "o7"),
				DocumentQuery.all().where("owner", Op.EQ, "o7").limit(1).orderBy("state", true),
				DocumentQuery.all().where("owner", Op.IN, List.of("o7", "o8", 5)),
				DocumentQuery.all().where("tags", Op.CONTAINS, "t5"),
				DocumentQuery.all().where("owner", Op.EQ, "o7").or("tags", Op.CONTAINS, "t5"))) {
			assertThat(plan(query)).contains("ikigai_document_value").doesNotContain("Seq Scan");
		}
	}

	@Test
	void findsTheSameThroughAnIndexAsWithout() {
		DocumentCollection<Object> sites = application.platform().storage().documents("sites", Object.class);
		assertThat(sites.count(DocumentQuery.all().where("state", Op.EQ, "s7"))).isEqualTo(100);
		assertThat(sites.count(DocumentQuery.all().where("checks.last", Op.GT, 99_900))).isEqualTo(100);
		assertThat(sites.count(DocumentQuery.all().where("tags", Op.CONTAINS, "t5"))).isEqualTo(34);
		assertThat(sites.search("word5", 1000)).hasSize(25);
		DocumentCollection<Object> copies = application.platform().storage().documents("copies", Object.class);
		String start = "x".repeat(250);
		List<Object> values = List.of(1, 2.5, "1", "b", "B", start + "a", start + "b", start, true, List.of(1),
				Map.of("k", 1), new BigDecimal("1e100"));
		for (int i = 0; i < values.size(); i++) {
			sites.put("m" + i, Map.of("mixed", values.get(i)));
			copies.put("m" + i, Map.of("mixed", values.get(i)));
		}
		for (Op op : List.of(Op.EQ, Op.LT, Op.LE, Op.GT, Op.GE)) {
			for (Object value : values) {
				if (op != Op.EQ && (value instanceof List || value instanceof Map)) {
					continue;
				}
				DocumentQuery query = DocumentQuery.all().where("mixed", op, value);
				assertThat(sites.find(query)).extracting(StoredDocument::id)
					.isEqualTo(copies.find(query).stream().map(StoredDocument::id).toList());
			}
		}
		DocumentQuery some = DocumentQuery.all().where("mixed", Op.IN, List.of(start + "a", "b", start));
		assertThat(sites.find(some)).extracting(StoredDocument::id).containsExactly("m3", "m5", "m7");
	}

	@Test
	void indexesAnyPathAndAnyText() {
		DocumentCollection<Map<String, Object>> odd = application.platform()
			.storage()
			.documents("sites", new TypeRef<>() {
			});
		odd.put("odd", Map.of("{schema}", Map.of("it's ?.b", "x".repeat(100_000))));
		DocumentQuery query = DocumentQuery.all().where(ODD, Op.EQ, "x".repeat(100_000));
		assertThat(plan(query)).containsPattern("ikigai_document_[0-9a-f]{16}");
		assertThat(odd.count(query)).isEqualTo(1);
	}

	@Test
	void makesAnIndexAnewThatWasBrokenOff() throws SQLException {
		PostgresDatabase apart = PostgresServer.shared().freshDatabase();
		try (PostgresApplication first = PostgresApplication.start(apart, DECLARED)) {
			awaitIndexes(apart, "4");
			first.platform().storage().documents("sites", String.class).put("a", "x");
		}
		apart.execute("UPDATE pg_index SET indisvalid = false WHERE indpred IS NOT NULL "
				+ "AND indrelid = 'ikigai_document'::regclass");
		awaitIndexes(apart, "0");
		try (PostgresApplication first = PostgresApplication.start(apart, DECLARED);
				PostgresApplication second = PostgresApplication.start(apart, DECLARED)) {
			awaitIndexes(apart, "4");
			assertThat(first.platform().storage().collections()).containsExactly("sites");
			assertThat(second.platform().storage().collections()).containsExactly("sites");
		}
	}

}
