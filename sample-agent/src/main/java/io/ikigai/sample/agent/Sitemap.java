package io.ikigai.sample.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Reads sitemaps (sitemaps.org), and those that they name. A strange site wrote them: no
 * entities, a size and a number of pages that are bounded.
 */
class Sitemap {

	private static final int MOST_PAGES = 1000;

	private static final int MOST_BYTES = 5_000_000;

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private final HttpClient client = HttpClient.newBuilder()
		.connectTimeout(TIMEOUT)
		.followRedirects(HttpClient.Redirect.NORMAL)
		.build();

	List<URI> pages(URI sitemap) throws IOException, InterruptedException {
		List<URI> pages = new ArrayList<>();
		Element root = read(sitemap);
		if (root.getLocalName().equals("sitemapindex")) {
			for (URI inner : locations(root)) {
				pages.addAll(locations(read(inner)));
			}
		}
		else {
			pages.addAll(locations(root));
		}
		return pages.subList(0, Math.min(pages.size(), MOST_PAGES));
	}

	private static List<URI> locations(Element root) {
		NodeList nodes = root.getElementsByTagNameNS("*", "loc");
		List<URI> locations = new ArrayList<>();
		for (int i = 0; i < nodes.getLength() && i < MOST_PAGES; i++) {
			locations.add(URI.create(nodes.item(i).getTextContent().strip()));
		}
		return locations;
	}

	private Element read(URI sitemap) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(sitemap).timeout(TIMEOUT).build();
		HttpResponse<InputStream> response = this.client.send(request, BodyHandlers.ofInputStream());
		try (InputStream body = response.body()) {
			if (response.statusCode() != 200) {
				throw new IOException(sitemap + " answers with HTTP status " + response.statusCode());
			}
			byte[] bytes = body.readNBytes(MOST_BYTES + 1);
			if (bytes.length > MOST_BYTES) {
				throw new IOException(sitemap + " is larger than " + MOST_BYTES + " bytes");
			}
			DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
			factory.setNamespaceAware(true);
			factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
			factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
			return factory.newDocumentBuilder().parse(new ByteArrayInputStream(bytes)).getDocumentElement();
		}
		catch (SAXException | ParserConfigurationException ex) {
			throw new IOException(sitemap + " is no sitemap: " + ex.getMessage(), ex);
		}
	}

}
