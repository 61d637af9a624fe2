package io.ikigai.benchmarks.service;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;

/**
 * A collection of many documents, with an index, words and vectors.
 */
public final class DocumentContestants implements AutoCloseable {

	private static final int AT_ONCE = 1000;

	private static final int WORDS = 2000;

	private static final int VECTOR_SIZE = 64;

	private static final String COLLECTION = "benchmark";

	private final ServiceApplication application;

	private final DocumentCollection<Page> documents;

	private final int size;

	/**
	 * Starts the application.
	 * @param url the database
	 * @param arguments properties of the platform
	 * @param size how many documents there are to be
	 */
	public DocumentContestants(String url, String[] arguments, int size) {
		String settings = "ikigai.storage.collections." + COLLECTION;
		this.application = ServiceApplication.start(url, arguments,
				Map.of(settings + ".indexes", "number", settings + ".vector-size", VECTOR_SIZE));
		this.documents = this.application.platform().storage().documents(COLLECTION, Page.class);
		this.size = size;
	}

	/**
	 * Puts all documents, a thousand at once.
	 * @return documents per second
	 */
	public double putAll() {
		this.application.jdbc().execute("TRUNCATE ikigai_document CASCADE");
		long begun = System.nanoTime();
		for (int from = 0; from < this.size; from += AT_ONCE) {
			Map<String, Page> some = new LinkedHashMap<>();
			for (int i = from; i < from + AT_ONCE; i++) {
				some.put("page-" + i, page(i));
			}
			this.documents.putAll(some);
		}
		return this.size / Throughput.seconds(begun);
	}

	/**
	 * Inserts the same documents with one statement for a thousand, into the same table.
	 * @return documents per second
	 */
	public double insert() {
		this.application.jdbc().execute("TRUNCATE ikigai_document CASCADE");
		long begun = System.nanoTime();
		for (int from = 0; from < this.size; from += AT_ONCE) {
			String[] ids = new String[AT_ONCE];
			String[] values = new String[AT_ONCE];
			for (int i = 0; i < AT_ONCE; i++) {
				Page page = page(from + i);
				ids[i] = "page-" + (from + i);
				values[i] = "{\"number\":%d,\"text\":\"%s\"}".formatted(page.number, page.text);
			}
			this.application.jdbc().update("""
					INSERT INTO ikigai_document (collection, id, value)
					SELECT 'benchmark', n.id, n.value::jsonb FROM unnest(?, ?) AS n(id, value)""", ids, values);
		}
		return this.size / Throughput.seconds(begun);
	}

	/**
	 * Gives each document a vector.
	 * @return documents per second
	 */
	public double embedAll() {
		Random random = new Random(1);
		long begun = System.nanoTime();
		for (int from = 0; from < this.size; from += AT_ONCE) {
			Map<String, float[]> some = new LinkedHashMap<>();
			for (int i = from; i < from + AT_ONCE; i++) {
				some.put("page-" + i, vector(random));
			}
			this.documents.embedAll(some);
		}
		return this.size / Throughput.seconds(begun);
	}

	/**
	 * Has the server look at what there is.
	 */
	public void analyze() {
		this.application.jdbc().execute("VACUUM ANALYZE");
	}

	/**
	 * Replaces documents one by one.
	 * @return documents per second
	 * @throws Exception if it fails
	 */
	public double put() throws Exception {
		return Throughput.perSecond(8, () -> {
			int number = number();
			this.documents.put("page-" + number, page(number));
		});
	}

	/**
	 * Finds a document by an indexed path.
	 * @return queries per second
	 * @throws Exception if it fails
	 */
	public double find() throws Exception {
		return Throughput.perSecond(8,
				() -> this.documents.find(DocumentQuery.all().where("number", Op.EQ, number()).limit(10)));
	}

	/**
	 * Searches for two words.
	 * @return queries per second
	 * @throws Exception if it fails
	 */
	public double search() throws Exception {
		return Throughput.perSecond(2, () -> this.documents.search(word(number()) + " " + word(number()), 10));
	}

	/**
	 * Searches for the nearest vectors.
	 * @return queries per second
	 * @throws Exception if it fails
	 */
	public double nearest() throws Exception {
		return Throughput.perSecond(2, () -> this.documents.nearest(vector(ThreadLocalRandom.current()), 10));
	}

	private int number() {
		return ThreadLocalRandom.current().nextInt(this.size);
	}

	private static float[] vector(Random random) {
		float[] vector = new float[VECTOR_SIZE];
		for (int i = 0; i < vector.length; i++) {
			vector[i] = random.nextFloat() - 0.5f;
		}
		return vector;
	}

	private static String word(int number) {
		return "word" + Integer.toString(Math.floorMod(number, WORDS), 36);
	}

	private static Page page(int number) {
		Random random = new Random(number);
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < 20; i++) {
			text.append(word(random.nextInt(WORDS))).append(' ');
		}
		return new Page(number, text.toString().strip());
	}

	@Override
	public void close() {
		this.application.close();
	}

	/**
	 * A document.
	 *
	 * @param number which one
	 * @param text twenty words
	 */
	record Page(int number, String text) {
	}

}
