module.exports = function (config) {
  config.addPassthroughCopy("src/img");
  config.addPassthroughCopy({ "static/docs": "files" });
  return { dir: { input: "src", includes: "_includes" } };
};
