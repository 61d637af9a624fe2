package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentVectors;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The HNSW index, where the server has pgvector; where it has none, all the same without.
 */
@ExtendWith(OutputCaptureExtension.class)
class VectorIndexIntegrationTests {

	private static final int SIZE = 64;

	private static final int DOCUMENTS = 4000;

	private static final int QUERIES = 50;

	private static final int LIMIT = 10;

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private final Random random = new Random(11);

	private boolean pgvector;

	@BeforeEach
	void lookForPgvector() throws SQLException {
		this.pgvector = "1"
			.equals(this.database.queryForText("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"));
	}

	private PostgresApplication start(int size, String... more) {
		String[] properties = Arrays.copyOf(more, more.length + 1);
		properties[more.length] = "ikigai.storage.collections[it's].vector-size=" + size;
		return PostgresApplication.start(this.database, properties);
	}

	private static DocumentCollection<Integer> collection(PostgresApplication application) {
		return application.platform().storage().documents("it's", Integer.class);
	}

	private float[] randomVector(int size) {
		float[] vector = new float[size];
		for (int i = 0; i < size; i++) {
			vector[i] = (float) this.random.nextGaussian();
		}
		return vector;
	}

	@Test
	void tellsWhatIsSearchedExactlyWithoutPgvector(CapturedOutput output) throws Exception {
		try (PostgresKind.Opened older = PostgresKind.OLDER.open();
				PostgresApplication application = PostgresApplication.start(older.database(),
						"ikigai.storage.collections.passages.vector-size=8")) {
			assertThat(application.platform().storage().collections()).isEmpty();
			assertThat(output).contains("The collections [passages] have vectors and are searched exactly")
				.contains("CREATE EXTENSION vector");
		}
	}

	@Test
	void usesTheIndexAndFindsNearlyAllThatAnExactSearchFinds() throws SQLException {
		try (PostgresApplication application = start(SIZE)) {
			Map<String, Integer> documents = new HashMap<>();
			Map<String, float[]> vectors = new LinkedHashMap<>();
			for (int i = 0; i < DOCUMENTS; i++) {
				documents.put("d" + i, i);
				vectors.put("d" + i, randomVector(SIZE));
			}
			collection(application).putAll(documents);
			collection(application).embedAll(vectors);
			this.database.execute("ANALYZE ikigai_document_vector");
			int found = 0;
			for (int i = 0; i < QUERIES; i++) {
				float[] query = randomVector(SIZE);
				Set<String> hits = collection(application).nearest(query, LIMIT)
					.stream()
					.map((hit) -> hit.document().id())
					.collect(Collectors.toCollection(HashSet::new));
				assertThat(hits).hasSize(LIMIT);
				hits.retainAll(exactlyNearest(vectors, query));
				found += hits.size();
			}
			assertThat(found / (double) (QUERIES * LIMIT)).as("recall").isGreaterThanOrEqualTo(0.95);
			assertThat(plan(application, randomVector(SIZE)).contains("Index Scan using ikigai_vector_"))
				.isEqualTo(this.pgvector);
		}
	}

	private static List<String> exactlyNearest(Map<String, float[]> vectors, float[] query) {
		return vectors.entrySet()
			.stream()
			.sorted(Comparator.comparingDouble((entry) -> -cosine(entry.getValue(), query)))
			.limit(LIMIT)
			.map(Map.Entry::getKey)
			.toList();
	}

	private static double cosine(float[] a, float[] b) {
		double product = 0;
		double lengthA = 0;
		double lengthB = 0;
		for (int i = 0; i < a.length; i++) {
			product += (double) a[i] * b[i];
			lengthA += (double) a[i] * a[i];
			lengthB += (double) b[i] * b[i];
		}
		return product / Math.sqrt(lengthA * lengthB);
	}

	private static String plan(PostgresApplication application, float[] vector) {
		PostgresDocumentVectors vectors = GuardedStore.behind(application.bean(DocumentVectors.class),
				PostgresDocumentVectors.class);
		BoundSql statement = vectors.statement("it's", vector, null, LIMIT, true);
		return String.join("\n", new BoundSql().add("EXPLAIN ")
			.add(statement)
			.query(application.bean(JdbcTemplate.class), new Schema("public"), (row, number) -> row.getString(1)));
	}

	@Test
	void indexesLargeVectorsWithTheExtensionInAnotherSchema() throws SQLException {
		this.database
			.execute("CREATE SCHEMA \"Ext\"" + (this.pgvector ? "; CREATE EXTENSION vector SCHEMA \"Ext\"" : ""));
		try (PostgresApplication application = start(3072)) {
			findsTheNearest(application, 3072);
			assertThat(indexes()).isEqualTo(this.pgvector ? "1" : "0");
		}
		// Larger than what can be indexed; those of the other size do not count.
		try (PostgresApplication application = start(5000)) {
			assertThat(collection(application).nearest(randomVector(5000), 5)).isEmpty();
			findsTheNearest(application, 5000);
		}
	}

	@Test
	void searchesExactlyWithoutTheExtensionAndIndexesOnceItIsThere() throws SQLException {
		try (PostgresApplication application = start(8)) {
			findsTheNearest(application, 8);
		}
		assertThat(indexes()).isEqualTo(this.pgvector ? "1" : "0");
		this.database.execute("DROP EXTENSION IF EXISTS vector CASCADE");
		assertThat(indexes()).isEqualTo("0");
		try (PostgresApplication application = start(8, "ikigai.schema.migrate=false")) {
			findsTheNearest(application, 8);
			assertThat(plan(application, randomVector(8))).contains("ikigai_inner_product");
		}
		try (PostgresApplication application = start(8); PostgresApplication other = start(8)) {
			findsTheNearest(application, 8);
			findsTheNearest(other, 8);
			assertThat(indexes()).isEqualTo(this.pgvector ? "1" : "0");
		}
	}

	private void findsTheNearest(PostgresApplication application, int size) {
		DocumentCollection<Integer> collection = collection(application);
		Map<String, float[]> vectors = new LinkedHashMap<>();
		for (int i = 0; i < 20; i++) {
			collection.put("d" + i, i);
			vectors.put("d" + i, randomVector(size));
		}
		collection.embedAll(vectors);
		assertThat(collection.nearest(vectors.get("d7"), 20)).hasSize(20).first().satisfies((hit) -> {
			assertThat(hit.document().id()).isEqualTo("d7");
			assertThat(hit.score()).isCloseTo(1, within(1e-2));
		});
	}

	private String indexes() throws SQLException {
		return this.database.queryForText("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'ikigai_vector_%'");
	}

}
