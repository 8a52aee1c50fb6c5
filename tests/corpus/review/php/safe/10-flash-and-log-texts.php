<?php

namespace App\Controller;

class TrashController extends BaseController
{
    public function empty(string $folder, array $files)
    {
        // SELECT * FROM files WHERE folder = '$folder' would be the query here, but files live on disk
        $count = 0;
        foreach ($files as $file) {
            if (!unlink($folder . '/' . basename($file))) {
                $this->logger->error("Could not delete $file from $folder");
                continue;
            }
            $count++;
        }
        $this->addFlash('success', "Deleted $count files from $folder where possible.");
        $this->addFlash('hint', 'Select another folder from ' . $this->rootName . ' to continue');
        $this->logger->info(sprintf('update %s set to %d files', $folder, $count));

        return $this->redirect("/folders/$folder");
    }
}
